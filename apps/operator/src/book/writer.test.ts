import { expect, test } from 'vitest';
import { createWriter, type Writer } from './writer.ts';

/** A writer that counts its commits. */
function counted(): { readonly writer: Writer; readonly commits: () => number } {
  let commits = 0;
  const writer = createWriter(
    {
      transaction(work) {
        commits += 1;
        return work();
      },
    },
    () => undefined,
  );
  return { writer, commits: () => commits };
}

test('takes work nobody waits for along with the next commit, in the order given', async () => {
  const { writer, commits } = counted();
  const done: string[] = [];
  const along = writer.writeAlong(() => void done.push('along'));
  await writer.write(() => done.push('waited for'));
  await along;
  expect(done).toEqual(['along', 'waited for']);
  expect(commits()).toBe(1);
});

test('commits work nobody waits for by itself when nothing else comes', async () => {
  const { writer, commits } = counted();
  await writer.writeAlong(() => undefined);
  await writer.writeAlong(() => undefined);
  expect(commits()).toBe(2);
});

test('says of work that went along that it failed when its commit did', async () => {
  const broken: unknown[] = [];
  const failing = createWriter(
    {
      transaction() {
        throw new Error('no room');
      },
    },
    (cause) => broken.push(cause),
  );
  const along = expect(failing.writeAlong(() => undefined)).rejects.toThrow('no room');
  await expect(failing.write(() => undefined)).rejects.toThrow('no room');
  await along;
  expect(broken).toHaveLength(1);
});
