/**
 * A value in lines for people: the shape says what each field is, so that times are written as
 * times, currencies by their code, and bytes as hex. Long bytes are cut, with their length.
 *
 * Spec: 00 §6.
 * @module
 */
import { unreachable } from '@specie/core/base/assert';
import { hexOf } from '@specie/core/base/bytes';
import type { Shape } from '@specie/core/codec/shape';
import { currencyOfNumber } from '@specie/core/money/currency';

/** Bytes shown in full: hashes, keys of 48 bytes, nonces. */
const BYTES_SHOWN = 48;

/** A value as indented lines. */
export function readable(shape: Shape, value: unknown, indent = '  '): string {
  return linesOf(shape, value, indent).join('\n');
}

function linesOf(shape: Shape, value: unknown, indent: string): readonly string[] {
  switch (shape.kind) {
    case 'struct':
      return shape.fields.flatMap(([name, field]) =>
        fieldLines(name, field, (value as Record<string, unknown>)[name], indent),
      );
    case 'union': {
      const { is } = value as { readonly is: string };
      const found = shape.cases.find(([name]) => name === is);
      const inner = found === undefined ? [] : linesOf(found[2], value, `${indent}  `);
      return [`${indent}${is}`, ...inner];
    }
    case 'list':
      return (value as readonly unknown[]).flatMap((each, i) =>
        fieldLines(`[${i}]`, shape.of, each, indent),
      );
    case 'optional':
      return value === undefined ? [`${indent}–`] : linesOf(shape.of, value, indent);
    case 'uint':
    case 'u64':
    case 'flag':
    case 'text':
    case 'choice':
    case 'bytes':
    case 'blob':
      return [`${indent}${plainText(shape, value)}`];
    default:
      return unreachable(shape);
  }
}

function fieldLines(name: string, shape: Shape, value: unknown, indent: string): readonly string[] {
  if (shape.kind === 'optional') {
    return value === undefined
      ? [`${indent}${name}  –`]
      : fieldLines(name, shape.of, value, indent);
  }
  if (shape.kind === 'list' && (value as readonly unknown[]).length === 0)
    return [`${indent}${name}  –`];
  const isComposite = shape.kind === 'struct' || shape.kind === 'union' || shape.kind === 'list';
  return isComposite
    ? [`${indent}${name}`, ...linesOf(shape, value, `${indent}  `)]
    : [`${indent}${name}  ${plainText(shape, value)}`];
}

type Plain = Exclude<Shape, { kind: 'struct' | 'union' | 'list' | 'optional' }>;

function plainText(shape: Plain, value: unknown): string {
  switch (shape.kind) {
    case 'uint':
      return numberText(shape.means, value as number);
    case 'u64':
      return (value as bigint).toString();
    case 'flag':
      return value === true ? 'yes' : 'no';
    case 'text':
      return JSON.stringify(value);
    case 'choice':
      return value as string;
    case 'bytes':
    case 'blob':
      return bytesText(value as Uint8Array);
    default:
      return unreachable(shape);
  }
}

function numberText(means: 'instant' | 'currency' | undefined, value: number): string {
  if (means === 'currency') {
    const known = currencyOfNumber(value);
    return known.ok ? known.value.code : `${value}, which is no currency`;
  }
  const isDate = means === 'instant' && value <= 8_640_000_000_000_000;
  return isDate ? new Date(value).toISOString() : `${value}`;
}

function bytesText(value: Uint8Array): string {
  if (value.length <= BYTES_SHOWN) return hexOf(value);
  return `${hexOf(value.subarray(0, 16))}… (${value.length} bytes)`;
}
