import { describe, expect, it } from 'vitest';
import { columns, inkFor, widthOf } from './ink.ts';

describe('how lines are set', () => {
  it('counts letters of East Asia as two columns', () => {
    expect(widthOf('ab')).toBe(2);
    expect(widthOf('充值 a')).toBe(6);
  });

  it('aligns amounts on their right edge', () => {
    expect(
      columns(
        [
          ['充值', '1.00'],
          ['a', '100.00'],
        ],
        [1],
      ),
    ).toBe('充值    1.00\na     100.00');
  });

  it('uses weight on a terminal alone, and not where it is unwanted', () => {
    expect(inkFor(true, {}).strong('x')).toContain('\u001b[1m');
    expect(inkFor(false, {}).strong('x')).toBe('x');
    expect(inkFor(true, { NO_COLOR: '1' }).strong('x')).toBe('x');
    expect(inkFor(true, { TERM: 'dumb' }).quiet('x')).toBe('x');
  });
});
