import { expect, it } from 'vitest';
import type { EntropyReport } from '@specie/entropy/report';
import { openDatabase } from '@specie/stores/database';
import { Outbox } from './outbox.ts';
import { createSite, type SiteParts } from './site.ts';
import { BANK_MIGRATIONS, TestBank } from './test-bank.ts';

const REPORT: EntropyReport = {
  ...{
    sources: [],
    floor: { sources: 2, physical: 0, bits: 256 },
    refusal: 'the pool <is> closed',
  },
  ...{ standing: [], draws: 0, bytes: 0, refused: 0, seeds: 0, alphaBits: 40, upMs: 0 },
};

function site(
  more: Partial<SiteParts> = {},
): (path: string, headers?: Record<string, string>) => Promise<Response> {
  const ledger = { path: ':memory:', kind: 'SPbk', migrations: BANK_MIGRATIONS };
  const serve = createSite({
    bank: new TestBank(openDatabase(ledger)),
    outbox: new Outbox(),
    clock: () => 0,
    status: () => Promise.resolve({}),
    entropy: () => ({ report: () => REPORT, tap: () => new Uint8Array(0) }),
    ...more,
  });
  return (path, headers = {}) => serve(new Request(`http://127.0.0.1${path}`, { headers }));
}

it.each(['/', '/entropy'])(
  'gives the page %s in both languages, with a way to the other page, and no script but a file',
  async (path) => {
    const get = site();
    const other = path === '/' ? '/entropy' : '/';
    const english = await get(path);
    const text = await english.text();
    expect(text).toContain('<html lang="en">');
    expect(text).toContain(`<a href="${other}?lang=en">`);
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(english.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await (await get(`${path}?lang=zh`)).text()).toContain('<html lang="zh-CN">');
    expect(await (await get(path, { 'accept-language': 'zh-CN' })).text()).toContain('zh-CN">');
    for (const [, file] of text.matchAll(/(?:href|src)="(\/ui\/[^"]+)"/g)) {
      const asset = await get(file!);
      expect([file, asset.status]).toEqual([file, 200]);
      expect(await asset.text()).not.toContain('interface ');
    }
  },
);

it('gives the sources as a fragment in the language asked for, and says when there is no pool', async () => {
  const english = await (await site()('/entropy.html?lang=en')).text();
  expect(english).toContain('Minting has stopped: the pool &lt;is&gt; closed.');
  expect(await (await site()('/entropy.html?lang=zh')).text()).toContain('发行已停止');
  expect((await site({ entropy: () => undefined })('/entropy.html')).status).toBe(503);
});
