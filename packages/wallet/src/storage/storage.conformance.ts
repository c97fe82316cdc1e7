/**
 * What every storage of a wallet must do, whichever adapter: the same suite runs over all of them.
 * An opener stands for one place, so that closing and opening again shows what was kept.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '@specie/core/base/result';
import type { Storage, StoredChange } from './storage.ts';

const put = (kind: string, key: string, ...value: number[]): StoredChange => ({
  is: 'put',
  kind,
  key,
  value: Uint8Array.from(value),
});
const remove = (kind: string, key: string): StoredChange => ({ is: 'remove', kind, key });

/** Runs the suite; `newPlace` makes an empty place and gives a function that opens it. */
export function storageConformance(name: string, newPlace: () => () => Result<Storage>): void {
  describe(name, () => {
    let open: () => Storage;
    let openResult: () => Result<Storage>;

    beforeEach(() => {
      const opener = newPlace();
      openResult = opener;
      open = () => {
        const opened = opener();
        if (!opened.ok) throw new Error(opened.refusal.code);
        return opened.value;
      };
    });

    it('has nothing in it at first', async () => {
      const storage = open();
      expect(await storage.readAll()).toEqual([]);
      await storage.close();
    });

    it('gives records back in order of kind and key', async () => {
      const storage = open();
      await storage.write([put('b', '2', 1), put('b', '10', 2), put('a', 'z', 3)]);
      const read = await storage.readAll();
      expect(read.map(({ kind, key, value }) => [kind, key, ...value])).toEqual([
        ['a', 'z', 3],
        ['b', '10', 2],
        ['b', '2', 1],
      ]);
      await storage.close();
    });

    it('keeps what was written over closing and opening', async () => {
      const first = open();
      await first.write([put('a', '1', 7)]);
      await first.close();
      const second = open();
      expect(await second.readAll()).toMatchObject([{ kind: 'a', key: '1' }]);
      await second.close();
    });

    it('applies the changes of one write in their order', async () => {
      const storage = open();
      await storage.write([put('a', '1', 1), put('a', '1', 2), remove('a', 'x'), put('a', 'x', 3)]);
      await storage.write([remove('a', '1')]);
      expect((await storage.readAll()).map(({ key }) => key)).toEqual(['x']);
      await storage.close();
    });

    it('takes a write whole or not at all', async () => {
      const storage = open();
      await storage.write([put('a', '1', 1)]);
      const bad: StoredChange = JSON.parse('{"is":"put","kind":"a","key":"3","value":null}');
      await expect(storage.write([put('a', '1', 9), remove('a', '1'), bad])).rejects.toThrow();
      const read = await storage.readAll();
      expect(read.map(({ key, value }) => [key, ...value])).toEqual([['1', 1]]);
      await storage.close();
    });

    it('hands out copies, so that nobody changes a record by the way', async () => {
      const storage = open();
      const value = Uint8Array.of(1);
      await storage.write([{ is: 'put', kind: 'a', key: '1', value }]);
      value[0] = 2;
      (await storage.readAll())[0]?.value.fill(3);
      expect((await storage.readAll())[0]?.value).toEqual(Uint8Array.of(1));
      await storage.close();
    });

    it('refuses a second opener while one has it open', async () => {
      const storage = open();
      expect(openResult()).toMatchObject({ ok: false, refusal: { code: 'storage_in_use' } });
      await storage.close();
      await open().close();
    });
  });
}
