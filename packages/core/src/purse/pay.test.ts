import { describe, expect, it } from 'vitest';
import { Bug } from '../base/assert.ts';
import { DAY, instantOf } from '../base/instant.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { generate, PURSE_PARAMETERS, reserve } from '../crypto/lms.ts';
import {
  accepted,
  AUTHORITY,
  countryOf,
  deviceOf,
  finish,
  handOver,
  pay,
  realSuites,
  refusalIn,
  requestOf,
  standpoint,
  START,
  take,
  type Country,
  type Device,
} from './country.fixture.ts';
import { handOverMessage } from './hand-over.ts';
import { checkJournal, journalHash, purseJournalMessage } from './journal.ts';
import {
  dropReserved,
  markReceived,
  reserveClose,
  reserveHome,
  reservePayment,
  shown,
  signReserved,
} from './pay.ts';
import { balanceOf, journalOf, written } from './purse.ts';
import { attestationMessage, checkRequest, type PurseRequest } from './request.ts';
import { checkRevocationList, isRevoked } from './revocation.ts';
import { revoking } from './country.fixture.ts';

const LIMITS = { payment: 500, total: 800, payments: 2, hops: 5, chains: 5 };

function two(suites?: typeof realSuites): [Country, Device, Device] {
  const country = countryOf(11, suites);
  const li = deviceOf(country, 'Li', [400, 600], { limits: LIMITS });
  return [country, li, deviceOf(country, 'Wang', [])];
}

describe('a payment', () => {
  it('uses its index before it is signed, and is on disk before it is shown', () => {
    const [country, li, wang] = two(realSuites);
    const request = requestOf(country, wang, 300);
    const at = standpoint(country, li);
    const made = accepted(reservePayment(li.purse, request, 300, at));
    expect(made.purse.next).toBe(1);
    expect(balanceOf(made.purse)).toBe(700);
    expect(refusalIn(shown(written(made.purse), made.index))).toBe('payment_unknown');
    const { oneTimeKey, rest } = reserve(li.key!)!;
    const randomizer = new Uint8Array(24);
    const other = reserve(generate(PURSE_PARAMETERS, new Uint8Array(32)))!.oneTimeKey;
    const sign = (index: number, key = oneTimeKey) =>
      signReserved(written(made.purse), index, key, randomizer);
    expect(() => sign(0, other)).toThrow(Bug);
    expect(() => sign(1)).toThrow(Bug);
    expect(() => sign(0, reserve(rest)!.oneTimeKey)).toThrow(Bug);
    // @ts-expect-error A purse that is not on disk signs nothing.
    const unwritten = () => signReserved(made.purse, 0, oneTimeKey, randomizer);
    // @ts-expect-error Nor does one that somebody merely says is on disk.
    const claimed = () => shown({ purse: made.purse }, 0);
    expect([unwritten, claimed]).toHaveLength(2);
    const signed = sign(0);
    expect(() => signReserved(written(signed), 0, oneTimeKey, randomizer)).toThrow(Bug);
    expect(refusalIn(dropReserved(signed, 0))).toBe('payment_signed');
    const first = accepted(shown(written(signed), 0));
    expect(handOverMessage.encode(accepted(shown(written(signed), 0)))).toEqual(
      handOverMessage.encode(first),
    );
    accepted(take(country, wang, first));
  });

  it('that was reserved and never signed can be dropped: the money is back, the index is not', () => {
    const [country, li, wang] = two();
    const request = requestOf(country, wang, 300);
    const made = accepted(reservePayment(li.purse, request, 300, standpoint(country, li)));
    const dropped = accepted(dropReserved(made.purse, 0));
    expect([balanceOf(dropped), dropped.next, dropped.count, dropped.sum]).toEqual([
      1_000, 1, 0, 0,
    ]);
    expect(accepted(dropReserved(dropped, 0))).toBe(dropped);
    expect(refusalIn(dropReserved(dropped, 9))).toBe('payment_unknown');
    expect(() =>
      signReserved(
        written(dropped),
        0,
        reserve(generate(PURSE_PARAMETERS, new Uint8Array(32)))!.oneTimeKey,
        new Uint8Array(24),
      ),
    ).toThrow(Bug);
    li.purse = dropped;
    pay(country, li, wang, 500);
    expect(li.purse.journal.at(-1)?.endorsement).toMatchObject({ index: 1, count: 1, sum: 500 });
  });

  it('is received when the secret comes back, and by no other secret', () => {
    const [country, li, wang] = two();
    const carried = handOver(country, li, wang, 300);
    const { receipt } = accepted(take(country, wang, carried));
    const other = { ...receipt, secret: receipt.secret.map((byte) => byte ^ 1) };
    expect(refusalIn(markReceived(li.purse, other))).toBe('receipt_wrong');
    expect(refusalIn(markReceived(li.purse, { ...receipt, endorsement: new Uint8Array(32) }))).toBe(
      'receipt_wrong',
    );
    expect(accepted(markReceived(li.purse, receipt)).journal[0]?.state).toBe('received');
  });

  it('keeps to the limits of its grant', () => {
    const [country, li, wang] = two();
    const wish = (amount: number): string =>
      refusalIn(
        reservePayment(li.purse, requestOf(country, wang), amount, standpoint(country, li)),
      );
    expect(wish(501)).toBe('purse_payment_exceeded');
    expect(wish(0)).toBe('request_amount_other .amount');
    pay(country, li, wang, 500);
    expect(wish(301)).toBe('purse_total_exceeded');
    pay(country, li, wang, 100);
    expect(wish(1)).toBe('purse_payments_exceeded');
    li.clock = instantOf(START + 7 * DAY);
    expect(wish(1)).toBe('purse_grant_ended');
  });

  it('is not made of what is not there, or may not go on', () => {
    const country = countryOf(12);
    const [li, wang] = [deviceOf(country, 'Li', [100]), deviceOf(country, 'Wang', [])];
    const wish = (payer: Device, payee: Device, amount: number): string =>
      refusalIn(
        reservePayment(payer.purse, requestOf(country, payee), amount, standpoint(country, payer)),
      );
    expect(wish(li, wang, 101)).toBe('purse_funds_insufficient');
    let from = li;
    for (let hop = 1; hop <= 5; hop++) {
      const to = deviceOf(country, `${hop}`, []);
      pay(country, from, to, 100);
      from = to;
    }
    expect(wish(from, wang, 100)).toBe('hops_exceeded');
    const short = deviceOf(country, 'Short', [100], { graceHours: 0 });
    short.clock = instantOf(START + 6.5 * DAY);
    expect(wish(short, wang, 100)).toBe('deadline_near');
    const hub = deviceOf(country, 'Hub', []);
    for (let i = 0; i < 6; i++) pay(country, deviceOf(country, `${i}`, [10]), hub, 10);
    expect(wish(hub, wang, 60)).toBe('chains_exceeded');
    expect(wish(hub, wang, 50)).toBe('accepted');
  });

  it('is refused when the last index is all that is left, which closes', () => {
    const country = countryOf(13);
    const limits = { ...LIMITS, payments: 255 };
    const li = deviceOf(country, 'Li', [400], { limits });
    const wang = deviceOf(country, 'Wang', []);
    for (let i = 0; i < 31; i++) pay(country, li, wang, 1);
    const wish = reservePayment(li.purse, requestOf(country, wang), 1, standpoint(country, li));
    expect(refusalIn(wish)).toBe('purse_used_up');
    expect(refusalIn(reserveHome(li.purse))).toBe('purse_used_up');
    finish(country, li, accepted(reserveClose(li.purse)));
    expect(refusalIn(reserveClose(li.purse))).toBe('purse_closed');
  });
});

describe('home and closing', () => {
  it('takes everything home by an endorsement, and closes with the list of all that was signed', () => {
    const [country, li, wang] = two();
    pay(country, li, wang, 300);
    const home = finish(country, li, accepted(reserveHome(li.purse)));
    expect(home.endorsements[0]).toMatchObject({
      to: { is: 'home' },
      amount: 700,
      count: 1,
      sum: 300,
    });
    expect(refusalIn(reserveHome(li.purse))).toBe('purse_funds_insufficient');
    expect(refusalIn(take(country, wang, home))).toBe('hand_over_not_payment');
    const close = finish(country, li, accepted(reserveClose(li.purse)));
    expect(close.endorsements[0]?.to).toEqual({
      is: 'close',
      journal: journalHash(journalOf(li.purse)),
    });
    expect(refusalIn(reserveHome(li.purse))).toBe('purse_closed');
    const head = journalOf(li.purse);
    expect(head.signed.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('waits for what is being signed', () => {
    const [country, li, wang] = two();
    const request = requestOf(country, wang, 300);
    const made = accepted(reservePayment(li.purse, request, 300, standpoint(country, li)));
    expect(refusalIn(reserveClose(made.purse))).toBe('payment_pending');
    const closing = accepted(reserveClose(li.purse));
    expect(accepted(dropReserved(closing.purse, 0)).isClosed).toBe(false);
  });

  it('brings a journal whose details are exactly what its summary lists', () => {
    const [country, li, wang] = two();
    const handOvers = [pay(country, li, wang, 300), pay(country, li, wang, 100)];
    const head = journalOf(li.purse);
    const journal = { head, handOvers };
    const coded = accepted(purseJournalMessage.decode(purseJournalMessage.encode(journal)));
    expect(accepted(checkJournal(coded))).toEqual(head);
    accepted(checkJournal({ head, handOvers: handOvers.slice(1) }));
    const wrong = (change: Partial<typeof journal>): string =>
      refusalIn(checkJournal({ ...journal, ...change }));
    expect(wrong({ handOvers: handOvers.toReversed() })).toBe('journal_mismatched .handOvers[1]');
    expect(wrong({ handOvers: [handOvers[0]!, handOvers[0]!] })).toBe(
      'journal_mismatched .handOvers[1]',
    );
    expect(wrong({ head: { ...head, signed: head.signed.slice(1) } })).toBe(
      'journal_mismatched .handOvers[0]',
    );
    const signed = head.signed.map(({ index }) => ({ index, hash: wang.purse.grant }));
    expect(wrong({ head: { ...head, signed } })).toBe('journal_mismatched .handOvers[0]');
    expect(wrong({ head: { ...head, grant: wang.purse.grant } })).toBe(
      'journal_mismatched .handOvers[0]',
    );
  });
});

describe('a request', () => {
  const attested = (
    country: Country,
    payee: Device,
    change: Partial<PurseRequest> = {},
  ): PurseRequest => {
    const { authority } = country.trust;
    const said = { operator: 7, name: 'Wang’s', issuedAt: START, endsAt: instantOf(START + DAY) };
    const message = attestationMessage.encode({ authority, purse: payee.purse.name, ...said });
    const signature = country.suites.authority.sign(country.seeds.statement, message);
    return {
      ...requestOf(country, payee, 5),
      name: { is: 'attested', ...said, signature },
      ...change,
    };
  };
  const judged = (country: Country, request: PurseRequest, days = 0): unknown => {
    const result = checkRequest(request, { ...country, now: instantOf(START + days * DAY) });
    return result.ok ? result.value : refusalIn(result);
  };

  it('has a name that its operator attests, or one that is plainly unverified', () => {
    const [country, , wang] = two(realSuites);
    const request = attested(country, wang);
    expect(judged(country, request)).toEqual({ is: 'attested', name: 'Wang’s', operator: 7 });
    expect(judged(country, requestOf(country, wang))).toEqual({ is: 'unverified', name: 'Wang' });
  });

  it('with another’s name, purse, operator or dates is not paid', () => {
    const [country, li, wang] = two();
    const request = attested(country, wang);
    if (request.name.is !== 'attested') throw new Error('it is attested');
    const named = (change: object): unknown =>
      judged(country, { ...request, name: { ...request.name, ...change } });
    for (const change of [
      { name: 'Li’s' },
      { operator: 8 },
      { issuedAt: instantOf(START - 1) },
      { endsAt: instantOf(START + 2 * DAY) },
      { signature: new Uint8Array(2420) },
    ])
      expect(named(change)).toBe('request_name_invalid .name.signature');
    expect(judged(country, { ...request, purse: li.purse.name })).toBe(
      'request_name_invalid .name.signature',
    );
    const other = { ...country.trust.statementKeys[0]!, operator: 8 };
    const { trust } = country;
    const swapped = { ...country, trust: { ...trust, statementKeys: [other] } };
    expect(judged(swapped, request)).toBe('request_name_invalid .name.signature');
    expect(judged(country, request, 1)).toBe('request_name_invalid .name.endsAt');
    expect(judged(country, request, 60)).toBe('key_set_ended');
    expect(judged(country, { ...request, authority: new Uint8Array(32) })).toBe(
      'request_foreign .authority',
    );
    expect(judged(country, { ...request, amount: 0 })).toBe('request_amount_other .amount');
  });

  it('of the payer itself, in another currency or for another amount is not paid', () => {
    const [country, li, wang] = two();
    const wish = (request: PurseRequest): string =>
      refusalIn(reservePayment(li.purse, request, 5, standpoint(country, li)));
    expect(wish(requestOf(country, li))).toBe('request_own .purse');
    expect(wish({ ...requestOf(country, wang), currency: 978 })).toBe(
      'request_currency_other .currency',
    );
    expect(wish(requestOf(country, wang, 6))).toBe('request_amount_other .amount');
  });
});

describe('a list of revoked purses', () => {
  it('names exactly those it names', () => {
    const chance = chanceOf(15);
    for (let size = 0; size < 12; size++) {
      const revoked = Array.from({ length: size }, (_, i) => 3 * i + 1 + chance.below(2));
      const list = { authority: AUTHORITY, number: 1, issuedAt: START, revoked };
      for (let serial = 0; serial < 40; serial++)
        expect(isRevoked(list, serial)).toBe(revoked.includes(serial));
    }
    expect(isRevoked(undefined, 1)).toBe(false);
  });

  it('is taken when the authority signed it and it is no older than the one known', () => {
    const country = countryOf(14);
    const { trust, suites } = country;
    const signed = revoking(country, 4, [3, 9]);
    const judge = (given: typeof signed, known?: typeof signed.list): string =>
      refusalIn(checkRevocationList(given, known, trust, suites));
    expect(judge(signed)).toBe('accepted');
    expect(judge(signed, signed.list)).toBe('accepted');
    expect(judge(signed, { ...signed.list, number: 5 })).toBe('revocation_older .list.number');
    const changed = (change: object): string =>
      judge({ ...signed, list: { ...signed.list, ...change } });
    expect(changed({ authority: new Uint8Array(32) })).toBe('revocation_foreign .list.authority');
    for (const change of [{ number: 5 }, { revoked: [3] }, { issuedAt: instantOf(START + 1) }])
      expect(changed(change)).toBe('revocation_signature_invalid .signature');
  });
});
