import { describe, expect, it } from 'vitest';
import { unpacked, type Bundle } from './bundle.ts';
import {
  accepted,
  countryOf,
  deviceOf,
  finish,
  pay,
  realSuites,
  refusalIn,
  toySigned,
  type Country,
  type Device,
} from './country.fixture.ts';
import { checkFraudProof, fraudProofMessage, fraudProofOf, type FraudProof } from './fraud.ts';
import { generate, PURSE_PARAMETERS } from '../crypto/lms.ts';
import { handOverMessage, type HandOver } from './hand-over.ts';
import { writtenMessage } from '../codec/arbitrary.fixture.ts';
import { reserveClose } from './pay.ts';
import { journalOf } from './purse.ts';

const bundleIn = (carried: HandOver): Bundle => accepted(unpacked(carried, handOverMessage.encode));

interface Scene {
  readonly country: Country;
  readonly li: Device;
  readonly links: readonly Bundle['last'][];
}

/** Li pays twice from one copy each: one index, the same units. */
function scene(suites?: typeof realSuites): Scene {
  const country = countryOf(51, suites);
  const li = deviceOf(country, 'Li', [100, 50]);
  const [wang, chen] = ['Wang', 'Chen'].map((name) => deviceOf(country, name, []));
  const copy = { ...li };
  if (li.key !== undefined) {
    // The same key made again from its seed, as a copied file would have it.
    const seed = new Uint8Array(32).fill(9);
    li.key = generate(PURSE_PARAMETERS, seed);
    copy.key = generate(PURSE_PARAMETERS, seed);
  }
  const links = [pay(country, li, wang!, 60), pay(country, copy, chen!, 40)].map(
    (carried) => bundleIn(carried).last,
  );
  return { country, li, links };
}

const judged = ({ country }: Scene, proof: FraudProof): string => {
  const result = checkFraudProof(proof, country.trust, country.suites);
  return result.ok ? result.value.fraud : refusalIn(result);
};

describe('a proof of fraud', () => {
  const made = scene();
  const { li, links } = made;
  const own = li.purse.own;
  const proof = fraudProofOf(own, links[0]!, links[1]!)!;

  it('is one, from whichever side it is made, and is judged by the grant key alone', () => {
    expect(fraudProofOf(own, links[1]!, links[0]!)).toEqual(proof);
    expect(judged(made, proof)).toBe('index');
    const { trust } = made.country;
    const alone = { ...trust, revocationKeys: [], statementKeys: [] };
    expect(checkFraudProof(proof, alone, made.country.suites).ok).toBe(true);
  });

  it('with anything changed proves nothing', () => {
    const { bytes, spots } = writtenMessage(fraudProofMessage, proof);
    for (const { at, length } of spots) {
      for (const each of new Set([at, at + length - 1])) {
        if (each < at || each >= bytes.length) continue;
        const decoded = fraudProofMessage.decode(bytes.with(each, bytes[each]! ^ 1));
        const verdict = decoded.ok ? judged(made, decoded.value) : refusalIn(decoded);
        expect(verdict, `byte ${each}`).not.toMatch(/^(index|units|closed)$/);
      }
    }
  });

  it('does not stand on one endorsement, on the wrong order, or on another purse’s', () => {
    expect(judged(made, { ...proof, second: proof.first })).toBe('proof_disordered');
    expect(judged(made, { ...proof, first: proof.second, second: proof.first })).toBe(
      'proof_disordered',
    );
    const other = scene();
    expect(judged(made, { ...proof, grant: deviceOf(made.country, 'x', []).purse.own })).toBe(
      'proof_foreign .first',
    );
    expect(judged(other, { ...proof, journal: journalOf(li.purse) })).toBe(
      'proof_journal_wrong .journal',
    );
  });

  it('is not made of what an honest purse signs', () => {
    const country = countryOf(52);
    const [a, b] = [deviceOf(country, 'A', [100]), deviceOf(country, 'B', [])];
    const signed = [
      pay(country, a, b, 30),
      pay(country, a, b, 30),
      pay(country, b, a, 60),
      pay(country, a, b, 70),
    ];
    const mine = [0, 1, 3].map((i) => bundleIn(signed[i]!).last);
    const close = bundleIn(finish(country, a, accepted(reserveClose(a.purse)))).last;
    const journal = journalOf(a.purse);
    const all = [...mine, close];
    for (const one of all)
      for (const two of all) expect(fraudProofOf(a.purse.own, one, two, journal)).toBeUndefined();
    const [first, second] = [mine[0]!, mine[1]!].sort((x, y) => Buffer.compare(x.hash, y.hash));
    const empty = { grant: a.purse.own, first: first!, second: second!, journal: undefined };
    expect(judged({ ...made, country }, empty)).toBe('proof_empty');
    const closing = { ...empty, first: close, second: mine[0]!, journal };
    expect(judged({ ...made, country }, closing)).toBe('proof_empty');
    expect(judged({ ...made, country }, { ...closing, journal: undefined })).toBe('proof_empty');
    const twice = { ...mine[0]!.endorsement, index: close.endorsement.index };
    const other = toySigned(a.purse.own, twice);
    const indexed = { ...closing, second: other, journal: undefined };
    expect(judged({ ...made, country }, indexed)).toBe('index');
    expect(judged({ ...made, country }, { ...indexed, journal })).toBe('proof_disordered .journal');
    const hidden = { ...journal, signed: journal.signed.slice(1) };
    expect(judged({ ...made, country }, { ...closing, journal: hidden })).toBe(
      'proof_journal_wrong .journal',
    );
  });
});

it('a proof holds with the suites of life, and not with one signature forged', () => {
  const country = countryOf(53, realSuites);
  const seed = new Uint8Array(32).fill(9);
  const key = generate(PURSE_PARAMETERS, seed);
  const li = deviceOf(country, 'Li', [100], { key: key.publicKey });
  const [wang, chen] = ['Wang', 'Chen'].map((name) => deviceOf(country, name, []));
  const copy = { ...li, key: generate(PURSE_PARAMETERS, seed) };
  li.key = key;
  const links = [pay(country, li, wang!, 60), pay(country, copy, chen!, 40)].map(
    (carried) => bundleIn(carried).last,
  );
  const proof = fraudProofOf(li.purse.own, links[0]!, links[1]!)!;
  const made = { country, li, links };
  expect(judged(made, proof)).toBe('index');
  expect(fraudProofMessage.encode(proof).length).toBeLessThan(6_000);
  const { endorsement, signature } = proof.second;
  const forged = { endorsement, signature: signature.with(500, signature[500]! ^ 1) };
  expect(judged(made, { ...proof, second: forged })).toBe('endorsement_signature_invalid .second');
});
