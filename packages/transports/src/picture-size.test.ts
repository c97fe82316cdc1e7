import { describe, expect, it } from 'vitest';
import { PICTURE_BYTES_MAX, pictureSize } from './picture-size.ts';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const answer = (bytes: readonly number[] | Uint8Array): unknown => {
  const size = pictureSize(Uint8Array.from(bytes));
  return size.ok ? [size.value.width, size.value.height] : size.refusal.code;
};
const u16 = (value: number): number[] => [value >> 8, value & 0xff];
const png = (width: number, height: number): number[] => [
  ...[...PNG, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
  ...[...u16(width >>> 16), ...u16(width & 0xffff), ...u16(height >>> 16), ...u16(height & 0xffff)],
];
const jpeg = (width: number, height: number, before: readonly number[] = []): number[] => [
  ...[0xff, 0xd8, ...before, 0xff, 0xc2, 0, 17, 8],
  ...[...u16(height), ...u16(width), 3],
];

describe('the size of a picture', () => {
  it('stands in the header of a PNG, and in the frame of a JPEG behind other segments', () => {
    expect(answer(png(640, 480))).toEqual([640, 480]);
    expect(answer(jpeg(640, 480))).toEqual([640, 480]);
    const segments = [0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xff, 0xc4, 0, 3, 9];
    expect(answer(jpeg(640, 480, segments))).toEqual([640, 480]);
  });

  it('is refused when it is nothing, missing or cut off', () => {
    expect(answer(png(0, 480))).toBe('picture_unreadable');
    expect(answer(jpeg(640, 0))).toBe('picture_unreadable');
    for (const whole of [png(640, 480), jpeg(640, 480)]) {
      for (let length = 0; length < whole.length - 1; length++) {
        const cut = answer(whole.slice(0, length));
        expect(cut === 'picture_unreadable' || Array.isArray(cut), `${length} bytes`).toBe(true);
      }
    }
    expect(answer(png(640, 480).slice(0, 23))).toBe('picture_unreadable');
    expect(answer([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0])).toBe('picture_unreadable');
    expect(answer([0x47, 0x49, 0x46])).toBe('picture_unreadable');
  });

  it('is refused when it is too much work: points, bytes, or passes over all of it', () => {
    expect(answer(png(10_000, 5000))).toEqual([10_000, 5000]);
    expect(answer(png(10_000, 5001))).toBe('picture_oversized');
    expect(answer(png(0xffff_ffff, 0xffff_ffff))).toBe('picture_oversized');
    expect(answer(jpeg(60_000, 60_000))).toBe('picture_oversized');
    const scans = Array.from({ length: 65 }, () => [0xff, 0xda, 0, 2]).flat();
    expect(answer([...jpeg(10, 10), ...scans.slice(4)])).toEqual([10, 10]);
    expect(answer([...jpeg(10, 10), ...scans])).toBe('picture_oversized');
    const heavy = new Uint8Array(PICTURE_BYTES_MAX + 1);
    heavy.set(png(10, 10));
    expect(answer(heavy)).toBe('picture_oversized');
    expect(answer(heavy.subarray(0, -1))).toEqual([10, 10]);
  });
});
