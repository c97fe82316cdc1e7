import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { crashPoints } from './crash-point.ts';

const NAMES = ['before-append', 'after-append'] as const;

function passing(
  armed: string | undefined,
  isSandbox = true,
): { at: ReturnType<typeof crashPoints<(typeof NAMES)[number]>>; killed: () => number } {
  let killed = 0;
  const at = crashPoints(NAMES, { isSandbox, armed, kill: () => (killed += 1) });
  return { at, killed: () => killed };
}

it.each([undefined, ''])('does nothing when it is not armed (%j), in any data', (armed) => {
  const { at, killed } = passing(armed, false);
  for (const name of NAMES) at(name);
  expect(killed()).toBe(0);
});

it('kills at the point it is armed with, and at no other', () => {
  const { at, killed } = passing('after-append');
  at('before-append');
  expect(killed()).toBe(0);
  at('after-append');
  expect(killed()).toBe(1);
});

it('kills at the n-th passing', () => {
  const { at, killed } = passing('after-append:3');
  at('after-append');
  at('after-append');
  expect(killed()).toBe(0);
  at('after-append');
  expect(killed()).toBe(1);
});

it('refuses to be armed outside sandbox data', () => {
  expect(() => passing('after-append', false)).toThrow(
    expect.objectContaining({ code: 'sandbox_only' }),
  );
});

it.each(['nowhere', 'after-append:0', 'after-append:x', ':1', 'after-append:1:2'])(
  'refuses to be armed with %s',
  (armed) => {
    expect(() => passing(armed)).toThrow(expect.objectContaining({ code: 'crash_point_unknown' }));
  },
);

it('takes a point nobody listed for a bug', () => {
  for (const armed of [undefined, 'after-append']) {
    expect(() => {
      passing(armed).at('elsewhere' as never);
    }).toThrow('is listed');
  }
});

it.skipIf(process.platform === 'win32')(
  'kills the process at once, with nothing cleaned up after it',
  () => {
    const module = path.join(import.meta.dirname, 'crash-point.ts');
    const script = `
    import { crashPoints } from ${JSON.stringify(module)};
    process.on('exit', () => console.log('cleaned up'));
    const at = crashPoints(['here'], { isSandbox: true, armed: 'here' });
    console.log('before');
    at('here');
    console.log('after');
  `;
    const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(signal).toBe('SIGKILL');
    expect(stdout).toBe('before\n');
  },
);
