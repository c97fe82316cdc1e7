import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripTypeScriptTypes } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { printedBy } from './code.fixture.ts';

/** What the page does with the sources as they are: cut, draw, look at the drawing, put together. */
const PAGE = `<!doctype html><title>transports</title><script type="importmap">IMPORTS</script>
<script type="module">
import { animatedCode } from '/packages/transports/src/animated-code.ts';
import { codeOf, svgOf } from '/packages/transports/src/code-drawing.ts';
import { newCodeReader } from '/packages/transports/src/code-reader.ts';
import { newDecoder } from '/packages/transports/src/decoder.ts';
const report = (told) => fetch('/told', { method: 'POST', body: JSON.stringify(told) });
try {
  const wasm = await (await fetch('/node_modules/zxing-wasm/dist/reader/zxing_reader.wasm')).arrayBuffer();
  const read = await newCodeReader(new Uint8Array(wasm));
  const message = new Uint8Array(4500).map((_, i) => (i * i + (i >> 3)) & 255);
  const frames = animatedCode.encode(message).value;
  const decoder = newDecoder();
  const answers = [];
  for (const number of [7, 1, 9, 30]) {
    const picture = new Image();
    picture.src = URL.createObjectURL(new Blob([svgOf(codeOf(frames.at(number)).value)], { type: 'image/svg+xml' }));
    await picture.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 600, height: 600 });
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0, 600, 600);
    const codes = await read(context.getImageData(0, 0, 600, 600));
    for (const code of codes) answers.push(decoder.take(code));
  }
  const last = answers.at(-1);
  const isSame = last?.at === 'done' && last.message.every((byte, i) => byte === message[i]);
  const outside = performance.getEntriesByType('resource').filter(({ name }) => !name.startsWith('blob:') && !name.startsWith(location.origin));
  await report({ answers: answers.map(({ at }) => at), isSame, outside: outside.map(({ name }) => name) });
} catch (cause) {
  await report({ failed: String(cause) });
}
</script>`;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const IMPORTS = JSON.stringify({
  imports: {
    '@specie/core/': '/packages/core/src/',
    '@noble/hashes/': '/node_modules/@noble/hashes/',
    qr: '/node_modules/qr/index.js',
    'zxing-wasm/reader': '/node_modules/zxing-wasm/dist/es/reader/index.js',
  },
});
const TYPES: Readonly<Record<string, string>> = {
  '.wasm': 'application/wasm',
  '.html': 'text/html',
};

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers.reverse()) close();
});

/** Serves the sources, their types taken off, and resolves with what the page tells. */
function serve(): { readonly server: Server; readonly told: Promise<string> } {
  const { promise: told, resolve } = Promise.withResolvers<string>();
  const server = createServer((request, response) => {
    const place = (request.url ?? '/').split('?')[0]!;
    if (place === '/told') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.end();
        resolve(Buffer.concat(chunks).toString());
      });
      return;
    }
    if (place === '/') {
      response.setHeader('content-type', 'text/html');
      response.end(PAGE.replace('IMPORTS', IMPORTS));
      return;
    }
    // Packages name their modules without an ending.
    const isSource = place.startsWith('/packages/');
    const file = path.join(ROOT, isSource && !place.endsWith('.ts') ? `${place}.ts` : place);
    try {
      const contents = readFileSync(file);
      response.setHeader('content-type', TYPES[path.extname(file)] ?? 'text/javascript');
      response.end(isSource ? stripTypeScriptTypes(contents.toString()) : contents);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  return { server, told };
}

it('the sources carry a message in a browser, from drawing to reading, and ask nobody outside', async () => {
  const version = printedBy('chromium', ['--version']);
  process.stdout.write(`  Chromium: ${version === undefined ? 'not installed here' : 'is here'}\n`);
  if (version === undefined) return;
  const { server, told } = serve();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const profile = mkdtempSync(path.join(os.tmpdir(), 'specie-browser-'));
  const { port } = server.address() as AddressInfo;
  const browser: ChildProcess = spawn(
    'chromium',
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
      `--user-data-dir=${profile}`,
      `http://localhost:${port}/`,
    ],
    { stdio: 'ignore', detached: true },
  );
  closers.push(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  closers.push(() => {
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
  });
  expect(JSON.parse(await told)).toEqual({
    answers: ['progress', 'progress', 'progress', 'done'],
    isSame: true,
    outside: [],
  });
}, 60_000);
