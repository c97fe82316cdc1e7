/**
 * Other operators, each over a few sessions that are opened when first needed. Who is not in the
 * key set is nobody.
 *
 * Spec: 06 §4, 10 §2.
 * @module
 */
import { refuse, type Result } from '@specie/core/base/result';
import type { Route } from '@specie/protocol/route';
import type { OperatorCard } from '@specie/protocol/trust/key-set';
import { createLines, type Line, type Open } from '../ledger/line.ts';

/** Exchanges under way with one peer at once. */
const LINES = 3;

export interface Peers {
  call<I, O>(operator: number, route: Route<I, O>, value: I): Promise<Result<O>>;
  statementKeyOf(operator: number): Uint8Array | undefined;
  close(): Promise<void>;
}

/** Peers as the present key set has them. `refresh` fetches it when somebody is not in it. */
export function createPeers(options: {
  readonly cardOf: (operator: number) => OperatorCard | undefined;
  readonly refresh: () => Promise<void>;
  readonly openTo: (card: OperatorCard) => Open;
}): Peers {
  const lines = new Map<number, { readonly url: string; readonly line: Line }>();
  const lineTo = (card: OperatorCard): Line => {
    const kept = lines.get(card.operator);
    if (kept?.url === card.url) return kept.line;
    const line = createLines(LINES, options.openTo(card));
    lines.set(card.operator, { url: card.url, line });
    return line;
  };
  return {
    async call(operator, route, value) {
      if (options.cardOf(operator) === undefined) await options.refresh();
      const card = options.cardOf(operator);
      return card === undefined ? refuse('payee_unknown') : lineTo(card).call(route, value);
    },
    statementKeyOf: (operator) => options.cardOf(operator)?.statementKey,
    async close() {
      await Promise.all([...lines.values()].map(({ line }) => line.close()));
    },
  };
}
