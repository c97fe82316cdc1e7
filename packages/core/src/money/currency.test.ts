import { describe, expect, it } from 'vitest';
import { Bug } from '../base/assert.ts';
import { currencies, currency, currencyOfNumber, parseCurrency } from './currency.ts';
import { ISO_4217 } from './iso-4217.ts';

describe('the list of currencies', () => {
  it('has codes of three capitals, numbers below a thousand, and each once', () => {
    const codes = ISO_4217.map(([code]) => code);
    const numbers = ISO_4217.map(([, number]) => number);
    expect(codes).toEqual([...codes].sort());
    expect(new Set(codes).size).toBe(codes.length);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const [code, number, digits, name] of ISO_4217) {
      expect(code).toMatch(/^[A-Z]{3}$/);
      expect(number).toBeGreaterThan(0);
      expect(number).toBeLessThanOrEqual(999);
      expect([undefined, 0, 2, 3, 4]).toContain(digits);
      expect(name).toBe(name.trim());
    }
  });

  it('has every currency people use today that the machine knows of', () => {
    const known = new Set(ISO_4217.map(([code]) => code));
    const inUse =
      'AED ARS AUD BDT BRL CAD CHF CLP CNY COP CZK DKK EGP ETB EUR GBP HKD HUF IDR ILS INR ISK JPY ' +
      'KES KRW KWD KZT LKR MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB ' +
      'TND TRY TWD TZS UAH UGX USD UZS VND XAF XOF ZAR';
    const ofMachine = new Set(Intl.supportedValuesOf('currency'));
    for (const code of inUse.split(' ')) {
      expect(known).toContain(code);
      expect(ofMachine).toContain(code);
    }
    // The machine leaves out units of account; it also knows old money, which ours does not have.
    const ofAccount = ['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW', 'VED', 'XAD'];
    const strange = currencies().filter(
      ({ code }) => !ofMachine.has(code) && !ofAccount.includes(code),
    );
    expect(strange).toEqual([]);
  });

  it.each([
    ['CNY', 156, 2],
    ['USD', 840, 2],
    ['EUR', 978, 2],
    ['JPY', 392, 0],
    ['KRW', 410, 0],
    ['VND', 704, 0],
    ['BHD', 48, 3],
    ['KWD', 414, 3],
    ['TND', 788, 3],
    ['CLF', 990, 4],
    ['ISK', 352, 0],
    ['HUF', 348, 2],
    ['XOF', 952, 0],
    ['MRU', 929, 2],
  ])('gives %s the number %i and %i digits, as the standard does', (code, number, minorDigits) => {
    expect(currency(code)).toMatchObject({ code, number, minorDigits });
    expect(currencyOfNumber(number)).toEqual({ ok: true, value: currency(code) });
  });
});

describe('what is no money', () => {
  it('is refused: gold, the test code and no currency at all', () => {
    for (const code of ['XAU', 'XTS', 'XXX', 'XDR', 'cny', 'CN', '', 'toString']) {
      expect(parseCurrency(code)).toMatchObject({ refusal: { code: 'currency_unknown' } });
    }
    for (const number of [0, 959, 963, 999, 1000]) {
      expect(currencyOfNumber(number)).toMatchObject({ refusal: { code: 'currency_unknown' } });
    }
  });

  it('is our bug when we wrote it ourselves', () => {
    expect(() => currency('XXX')).toThrow(Bug);
    expect(currencies().every(({ code }) => parseCurrency(code).ok)).toBe(true);
  });
});
