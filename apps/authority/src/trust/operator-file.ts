/**
 * An operator as the authority registers it: its public card, and how much money may be outstanding
 * through it. One file each in `operators/`; a bare card is registered under the settings' quotas.
 *
 * Spec: 09 §9.
 * @module
 */
import { bytesOfHex } from '@specie/core/base/bytes';
import { INSTANT_MAX, instantOf } from '@specie/core/base/instant';
import { ML_DSA_PUBLIC_KEY_BYTES } from '@specie/core/crypto/signature';
import { Fault } from '@specie/protocol/fault';
import type { OperatorCard } from '@specie/protocol/trust/key-set';
import { readSums, type Settings, type SumSetting } from '../settings.ts';

export interface RegisteredOperator {
  readonly card: OperatorCard;
  readonly quotas: readonly SumSetting[];
  readonly openings: readonly SumSetting[];
}

type Fields = Readonly<Record<string, unknown>>;

/** The operator of parsed JSON; a field that does not fit is a fault that names it. */
export function readOperatorFile(
  json: unknown,
  file: string,
  settings: Pick<Settings, 'quotas' | 'openings'>,
): RegisteredOperator {
  const wrong = (field: string, wanted: string): Fault =>
    new Fault('operator_card_invalid', 'never', `${file}: ${field} has to be ${wanted}`);
  if (typeof json !== 'object' || json === null) throw wrong('the whole', 'an object');
  const whole = json as Fields;
  const card = (typeof whole['card'] === 'object' ? whole['card'] : whole) as Fields;
  const number = card['operator'] ?? card['number'];
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 0xffff_ffff)
    throw wrong('operator', 'a whole number from 1');
  const { name, url, from, until } = card;
  if (typeof name !== 'string' || name === '') throw wrong('name', 'a text');
  if (typeof url !== 'string' || !URL.canParse(url)) throw wrong('url', 'an address');
  const keyOf = (field: 'sessionKey' | 'statementKey'): Uint8Array => {
    const text = card[field];
    const bytes = typeof text === 'string' ? bytesOfHex(text) : undefined;
    if (bytes?.length !== ML_DSA_PUBLIC_KEY_BYTES)
      throw wrong(field, `a public key of ${ML_DSA_PUBLIC_KEY_BYTES} bytes in hex`);
    return bytes;
  };
  const timeOf = (value: unknown, field: string, otherwise: number): OperatorCard['from'] => {
    if (value === undefined) return instantOf(otherwise);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > INSTANT_MAX)
      throw wrong(field, 'milliseconds since 1970');
    return instantOf(value);
  };
  return {
    card: {
      operator: number,
      name,
      url,
      sessionKey: keyOf('sessionKey'),
      statementKey: keyOf('statementKey'),
      from: timeOf(from, 'from', 0),
      until: timeOf(until, 'until', INSTANT_MAX),
    },
    quotas: 'quotas' in whole ? readSums(whole['quotas'], 'quotas', wrong) : settings.quotas,
    openings:
      'openings' in whole ? readSums(whole['openings'], 'openings', wrong) : settings.openings,
  };
}
