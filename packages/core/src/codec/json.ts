/**
 * The readable form of any shape, and the way back. It exists for people, scripts and the HTTP
 * API's `application/json`; what is signed and hashed is always the binary form. Invariant: the
 * readable form loses nothing, and reading it accepts exactly what the binary form could hold.
 *
 * Spec: 00 §6.
 * @module
 */
import { base64urlOf, bytesOfBase64url, bytesOfHex, hexOf, bytesOfText } from '../base/bytes.ts';
import { accept, refuse, type Result } from '../base/result.ts';
import { assert, unreachable } from '../base/assert.ts';
import { isPlain } from './codec.ts';
import type { Shape } from './shape.ts';
import { Malformed } from './stream.ts';

/** Readable form: fixed bytes as hex, blobs as base64url, 64-bit numbers as decimal text. */
export function jsonOf(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'uint':
    case 'flag':
    case 'text':
    case 'choice':
      return value;
    case 'u64':
      return (value as bigint).toString();
    case 'bytes':
      return hexOf(value as Uint8Array);
    case 'blob':
      return base64urlOf(value as Uint8Array);
    case 'list':
      return (value as readonly unknown[]).map((entry) => jsonOf(shape.of, entry));
    case 'optional':
      return value === undefined ? null : jsonOf(shape.of, value);
    case 'struct':
      return Object.fromEntries(
        shape.fields.map(([name, field]) => [
          name,
          jsonOf(field, (value as Record<string, unknown>)[name]),
        ]),
      );
    case 'union': {
      const { is } = value as { readonly is: string };
      const found = shape.cases.find(([name]) => name === is);
      assert(found !== undefined, 'a union is one of its cases');
      return { is, ...(jsonOf(found[2], value) as object) };
    }
    default:
      return unreachable(shape);
  }
}

/** The value of a readable form, or a refusal with the path of the first field that does not fit. */
export function valueOfJson(shape: Shape, json: unknown): Result<unknown> {
  try {
    return accept(read(shape, json, ''));
  } catch (cause) {
    if (cause instanceof Malformed) return refuse(cause.code, cause.at);
    throw cause;
  }
}

function wrong(at: string): Malformed {
  return new Malformed('json_invalid', at);
}

function read(shape: Shape, json: unknown, at: string): unknown {
  switch (shape.kind) {
    case 'uint':
      if (typeof json !== 'number' || !Number.isInteger(json)) throw wrong(at);
      if (json < 0 || json > shape.max) throw wrong(at);
      return json;
    case 'u64':
      if (typeof json !== 'string' || !/^(0|[1-9][0-9]{0,19})$/.test(json)) throw wrong(at);
      if (BigInt(json) >= 1n << 64n) throw wrong(at);
      return BigInt(json);
    case 'flag':
      if (typeof json !== 'boolean') throw wrong(at);
      return json;
    case 'text':
      // A code unit is at least one byte; counting them first bounds the work that follows.
      if (typeof json !== 'string' || json.length > shape.max || !isPlain(json)) throw wrong(at);
      if (bytesOfText(json).length > shape.max) throw wrong(at);
      return json;
    case 'choice':
      if (!shape.names.some(([name]) => name === json)) throw wrong(at);
      return json;
    case 'bytes':
      return readBytes(json, at, (value) => value.length === shape.length, bytesOfHex);
    case 'blob':
      return readBytes(json, at, (value) => value.length <= shape.max, bytesOfBase64url);
    case 'list':
    case 'optional':
    case 'struct':
    case 'union':
      return readComposite(shape, json, at);
    default:
      return unreachable(shape);
  }
}

function readBytes(
  json: unknown,
  at: string,
  fits: (value: Uint8Array) => boolean,
  parse: (text: string) => Uint8Array | undefined,
): Uint8Array {
  const value = typeof json === 'string' ? parse(json) : undefined;
  if (value === undefined || !fits(value)) throw wrong(at);
  return value;
}

type Composite = Extract<Shape, { kind: 'list' | 'optional' | 'struct' | 'union' }>;

function readComposite(shape: Composite, json: unknown, at: string): unknown {
  switch (shape.kind) {
    case 'list':
      if (!Array.isArray(json)) throw wrong(at);
      if (json.length < shape.min || json.length > shape.max) throw wrong(at);
      return json.map((entry, i) => read(shape.of, entry, `${at}[${i}]`));
    case 'optional':
      return json === null || json === undefined ? undefined : read(shape.of, json, at);
    case 'struct':
      return readStruct(shape.fields, json, at, []);
    case 'union': {
      const is = isRecord(json) ? json['is'] : undefined;
      const found = shape.cases.find(([name]) => name === is);
      if (found === undefined || found[2].kind !== 'struct') throw wrong(`${at}.is`);
      return { is, ...readStruct(found[2].fields, json, at, ['is']) };
    }
    default:
      return unreachable(shape);
  }
}

function readStruct(
  fields: readonly (readonly [string, Shape])[],
  json: unknown,
  at: string,
  besides: readonly string[],
): Record<string, unknown> {
  if (!isRecord(json)) throw wrong(at);
  const names = new Set([...fields.map(([name]) => name), ...besides]);
  for (const name of Object.keys(json)) {
    // The name is the sender's, so what cannot be one of ours is not repeated.
    if (!names.has(name)) throw wrong(`${at}.${/^\w{1,64}$/.test(name) ? name : '?'}`);
  }
  return Object.fromEntries(
    fields.map(([name, field]) => [name, read(field, json[name], `${at}.${name}`)]),
  );
}

function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it) of a shape's readable form. */
export function schemaOf(shape: Shape): Readonly<Record<string, unknown>> {
  switch (shape.kind) {
    case 'uint':
      return {
        type: 'integer',
        minimum: 0,
        maximum: shape.max,
        ...(shape.means && { description: shape.means }),
      };
    case 'u64':
      return { type: 'string', pattern: '^(0|[1-9][0-9]{0,19})$' };
    case 'flag':
      return { type: 'boolean' };
    case 'bytes':
      return { type: 'string', pattern: `^[0-9a-f]{${shape.length * 2}}$` };
    case 'blob':
      return {
        type: 'string',
        contentEncoding: 'base64url',
        maxLength: Math.ceil((shape.max * 4) / 3),
      };
    case 'text':
      return { type: 'string', maxLength: shape.max };
    case 'list':
      return { type: 'array', items: schemaOf(shape.of), minItems: shape.min, maxItems: shape.max };
    case 'optional':
      return { oneOf: [schemaOf(shape.of), { type: 'null' }] };
    case 'choice':
      return { type: 'string', enum: shape.names.map(([name]) => name) };
    case 'struct':
      return structSchema(shape.fields, {});
    case 'union':
      return {
        oneOf: shape.cases.map(([name, , of]) =>
          structSchema(of.kind === 'struct' ? of.fields : [], { is: { const: name } }),
        ),
      };
    default:
      return unreachable(shape);
  }
}

function structSchema(
  fields: readonly (readonly [string, Shape])[],
  besides: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const properties = {
    ...besides,
    ...Object.fromEntries(fields.map(([name, of]) => [name, schemaOf(of)])),
  };
  // A field that holds nothing may be left out; we ourselves write null.
  const required = [
    ...Object.keys(besides),
    ...fields.filter(([, of]) => of.kind !== 'optional').map(([name]) => name),
  ];
  return { type: 'object', properties, required, additionalProperties: false };
}
