import { expect, it } from 'vitest';
import { createLog } from './log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog({ name: 'operator', destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('writes one JSON line for each entry, with its name and level in words', () => {
  const [line] = logged((log) => {
    log.info({ port: 8080 }, 'listening');
  });
  expect(line).toMatchObject({ name: 'operator', level: 'info', msg: 'listening', port: 8080 });
});

it('writes no secret, however deep it was put', () => {
  const secret = 'abandon ability able';
  const lines = logged((log) => {
    log.info({ words: secret }, 'a');
    log.info({ wallet: { words: secret, code: secret } }, 'b');
    log.info({ wallet: { letter: { to: secret, code: secret, phone: secret } } }, 'c');
    log.info({ seed: new Uint8Array(32).fill(7) }, 'd');
    log.error({ err: { message: 'fine', seed: secret } }, 'e');
  });
  expect(JSON.stringify(lines)).not.toContain('abandon');
  expect(lines).toHaveLength(5);
});

it('tells the code of a refusal, and not the code of a letter', () => {
  const lines = logged((log) => {
    log.info({ refusal: { code: 'coin_unknown', at: '.coin' } }, 'refused');
    log.info({ letter: { code: '482913' } }, 'sent');
  });
  expect(lines[0]).toMatchObject({ refusal: { code: 'coin_unknown' } });
  expect(lines[1]).toMatchObject({ letter: { code: '<secret>' } });
});

it('shows bytes by their length alone', () => {
  const [line] = logged((log) => {
    log.info({ body: new Uint8Array(70).fill(255) }, 'x');
  });
  expect(line).toMatchObject({ body: '<70 bytes>' });
});
