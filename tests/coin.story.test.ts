/**
 * The life of a coin against real processes: minted, held, paid across operators, given back,
 * retired; and what a restart and a lost phone leave of it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  everyUnitIsAccountedFor,
  leftBank,
  openCountry,
  openWallet,
  totalOf,
  well,
  type Country,
} from './country.fixture.ts';

interface HistoryLine {
  readonly amount?: string;
  readonly state?: string;
}

describe('the life of a coin', () => {
  let country: Country;

  beforeAll(async () => {
    country = await openCountry();
  });
  afterAll(async () => {
    await country.close();
  });

  const refusalOf = async (...args: readonly string[]): Promise<unknown> => {
    const ended = await country.specie('ming', ...args);
    expect(ended.code).toBe(1);
    return (ended.json as { readonly code?: unknown }).code;
  };

  it('begins in the stocks of two operators, against reserves', async () => {
    // Services take requests a moment before the first coins are in their stocks.
    await everyUnitIsAccountedFor(country, []);
    const [cny] = await country.supply();
    expect(BigInt(cny!.minted)).toBeGreaterThan(0n);
    expect(cny!.reserves).toBe(cny!.minted);
    expect((await country.stock(1)) + (await country.stock(2))).toBe(BigInt(cny!.outstanding));
  });

  it('Ming and Lena open wallets at two operators with a code each was sent', async () => {
    await openWallet(country, 'ming', 1, '+8613800138000');
    await openWallet(country, 'lena', 2, 'lena@example.org');
    expect(await totalOf(country, 'ming')).toBe(0n);
  });

  it('Ming tops up 100.00, and the bank has 100.00 less of his', async () => {
    well(await country.specie('ming', 'top-up', '100.00', 'CNY', '--account', 'TB-0001'));
    expect(await totalOf(country, 'ming')).toBe(10_000n);
    expect(leftBank(country)).toBe(10_000n);
  });

  it('Ming pays Lena 12.50 by her e-mail while her wallet sleeps, and she finds it there', async () => {
    well(
      await country.specie(
        'ming',
        'pay',
        'lena@example.org',
        '12.50',
        'CNY',
        '--note',
        'tea',
        '--yes',
      ),
    );
    expect(await totalOf(country, 'ming')).toBe(8750n);
    expect(await totalOf(country, 'lena')).toBe(1250n);
    const history = well(await country.specie('lena', 'history'));
    expect(history.stdout).toContain('tea');
  });

  it('Lena pays one cent of it back to his address: money is cut to the cent', async () => {
    const address = (
      well(await country.specie('ming', 'address')).json as { readonly address: string }
    ).address;
    well(await country.specie('lena', 'pay', address, '0.01', 'CNY', '--yes'));
    expect(await totalOf(country, 'lena')).toBe(1249n);
    expect(await totalOf(country, 'ming')).toBe(8751n);
  });

  it('why and history agree with the balance', async () => {
    const why = well(await country.specie('ming', 'why'));
    expect(why.stdout).toContain('8751');
    const { lines } = well(await country.specie('ming', 'history')).json as {
      readonly lines: readonly HistoryLine[];
    };
    expect(lines.length).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['payee_unknown', ['pay', 'nobody@example.org', '1.00', 'CNY', '--yes']],
    ['limit_payment', ['pay', 'lena@example.org', '2000.01', 'CNY', '--yes']],
    ['amount_too_fine', ['pay', 'lena@example.org', '0.001', 'CNY', '--yes']],
    ['currency_unknown', ['pay', 'lena@example.org', '1.00', 'XYZ', '--yes']],
    [
      'address_malformed',
      ['pay', 'sp1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq', '1.00', 'CNY', '--yes'],
    ],
    ['limit_balance', ['top-up', '9999.00', 'CNY', '--account', 'TB-0001']],
    ['bank_refused', ['top-up', '10.00', 'CNY', '--account', 'CH-0001']],
  ])('says %s and moves nothing', async (code, args) => {
    expect(await refusalOf(...args)).toBe(code);
    expect(await totalOf(country, 'ming')).toBe(8751n);
    await everyUnitIsAccountedFor(country, ['ming', 'lena']);
  });

  it('a lost phone comes back from its 24 words, with the same balance', async () => {
    const { words } = well(await country.specie('ming', 'words')).json as {
      readonly words: readonly string[];
    };
    expect(words).toHaveLength(24);
    const where = [
      '--operator',
      country.system.operatorUrls[0]!,
      '--authority',
      country.system.fingerprint,
    ];
    well(await country.specie('ming-again', 'recover', ...words, ...where));
    expect(await totalOf(country, 'ming-again')).toBe(8751n);
  });

  it('everything is there after all services were stopped and started', async () => {
    await country.restart();
    expect(await totalOf(country, 'ming')).toBe(8751n);
    await everyUnitIsAccountedFor(country, ['ming', 'lena']);
  });

  it('Lena cashes out, the bank has it back, and her operator retires what it does not need', async () => {
    well(await country.specie('lena', 'cash-out', '12.49', 'CNY', '--account', 'TB-0002'));
    await everyUnitIsAccountedFor(country, ['ming', 'lena']);
    expect(await totalOf(country, 'lena')).toBe(0n);
    const before = (await country.supply()).find((each) => each.code === 'CNY')!;
    well(await country.operator(2, 'retire', '--currency', 'CNY', '--amount', '10000.00'));
    const cny = (await country.supply()).find((each) => each.code === 'CNY')!;
    expect(BigInt(cny.retired)).toBeGreaterThan(BigInt(before.retired));
    expect(BigInt(before.reserves) - BigInt(cny.reserves)).toBe(
      BigInt(cny.retired) - BigInt(before.retired),
    );
    await everyUnitIsAccountedFor(country, ['ming', 'lena']);
  });
});
