/**
 * What the sandbox serves on loopback: the status page and its one JSON text, the outbox and the
 * test bank. Nothing here is meant to be seen by another machine.
 *
 * Spec: 11.
 * @module
 */
import { entropyPage } from '@specie/entropy/page/entropy-page';
import type { EntropyPool } from '@specie/entropy/pool';
import { Hono, type Context } from 'hono';
import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { letterOf, type Outbox } from './outbox.ts';
import { entropyShell, languageOf, statusPage, type Language } from './page.ts';
import type { BankAnswer, BankRequest, TestBank } from './test-bank.ts';

const UI_ROOT = fileURLToPath(new URL('../../../packages/ui/src/', import.meta.url));
const BODY_MAX = 16 * 1024;

/** What the site is made of. */
export interface SiteParts {
  readonly bank: TestBank;
  readonly outbox: Outbox;
  readonly clock: () => number;
  /** The JSON text of the status page. */
  readonly status: () => Promise<unknown>;
  /** The pool whose sources are shown: opened for that, with samples that are never used. */
  readonly entropy?: () => Pick<EntropyPool, 'report' | 'tap'> | undefined;
}

/** The site as a function from request to response. */
export function createSite(parts: SiteParts): (request: Request) => Promise<Response> {
  const site = new Hono();
  site.use(async (context, next) => {
    await next();
    context.header(
      'content-security-policy',
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    context.header('x-content-type-options', 'nosniff');
    context.header('referrer-policy', 'no-referrer');
  });
  const asked = ({ req }: Context): Language =>
    languageOf(new URL(req.url), req.header('accept-language') ?? null);
  site.get('/', (context) => context.html(statusPage(asked(context))));
  site.get('/entropy', (context) => context.html(entropyShell(asked(context))));
  site.get('/entropy.html', (context) => {
    const pool = parts.entropy?.();
    if (pool === undefined) return context.text('not open\n', 503);
    return context.html(entropyPage(pool.report(), pool.tap, asked(context)));
  });
  site.get('/status.json', async (context) => context.json((await parts.status()) as object));
  site.get('/healthz', (context) => context.text('ok\n'));
  site.get('/ui/*', (context) => uiFile(context.req.path.slice('/ui/'.length)));
  site.post('/outbox', async (context) => {
    const letter = letterOf(await boundedJson(context.req.raw), parts.clock());
    if (letter === undefined)
      return context.json({ state: 'refused', reason: 'letter_malformed' }, 400);
    parts.outbox.put(letter);
    return context.json({ state: 'done' });
  });
  site.get('/outbox.json', (context) => context.json(parts.outbox.newest() as object));
  for (const kind of ['debit', 'credit'] as const) {
    site.post(`/bank/${kind}`, async (context) => {
      const request = bankRequestOf(await boundedJson(context.req.raw));
      const answer: BankAnswer | undefined = request && parts.bank.move(kind, request);
      return answer === undefined
        ? context.json({ state: 'refused', reason: 'request_malformed' }, 400)
        : context.json(answer);
    });
  }
  site.get('/bank/accounts.json', (context) => context.json(parts.bank.accounts() as object));
  return async (request) => site.fetch(request);
}

/** JSON of a bounded body, or undefined for anything else. */
async function boundedJson(request: Request): Promise<unknown> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (!(length <= BODY_MAX)) return undefined;
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}

function bankRequestOf(json: unknown): BankRequest | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { reference, account, currency, amount, operator } = json as Readonly<
    Record<string, unknown>
  >;
  if (typeof reference !== 'string' || !/^[0-9a-f]{8,128}$/.test(reference)) return undefined;
  if (typeof account !== 'string' || typeof currency !== 'string' || typeof amount !== 'string')
    return undefined;
  return Number.isInteger(operator)
    ? { reference, account, currency, amount, operator: operator as number }
    : undefined;
}

/** A file of packages/ui: style sheets as they are, scripts with their types taken off. */
function uiFile(path: string): Response {
  const isKnown = /^[a-z0-9/-]+\.(?:css|ts)$/.test(path) && normalize(path) === path;
  const file = join(UI_ROOT, path);
  if (!isKnown || path.endsWith('.test.ts') || !existsSync(file))
    return new Response('not found\n', { status: 404 });
  const text = readFileSync(file, 'utf8');
  return path.endsWith('.css')
    ? new Response(text, { headers: { 'content-type': 'text/css; charset=utf-8' } })
    : new Response(stripTypeScriptTypes(text), {
        headers: { 'content-type': 'text/javascript; charset=utf-8' },
      });
}
