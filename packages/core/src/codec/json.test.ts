import { describe, expect, it } from 'vitest';
import { hexOf } from '../base/bytes.ts';
import { chanceOf } from '../base/chance.fixture.ts';
import { arbitraryValue } from './arbitrary.fixture.ts';
import { everythingMessage, SOMETHING } from './everything.fixture.ts';
import { schemaOf } from './json.ts';

type Json = Record<string, unknown>;
const json = (): Json => everythingMessage.toJson(SOMETHING) as Json;

describe('the readable form', () => {
  it('has hex for fixed bytes, base64url for blobs and decimal text for 64 bits', () => {
    expect(json()).toEqual({
      small: 1,
      middle: 258,
      large: 16909060,
      larger: 1108152157446,
      bounded: 300,
      money: '72623859790382856',
      currency: 156,
      at: 1700000000000,
      isSo: true,
      fixed: '0102030405',
      blob: '__4',
      name: 'Li Na 李娜',
      colour: 'blue',
      maybe: { name: '', sums: [] },
      many: [
        {
          name: 'é',
          sums: [
            { a: 1, b: '0' },
            { a: 1, b: '1' },
          ],
        },
      ],
      set: ['', 'AQ', 'AQA'],
      what: { is: 'some', count: 3, of: [1, 2, 3] },
    });
  });

  it('loses nothing, through text and back', () => {
    const chance = chanceOf(2);
    for (let i = 0; i < 500; i++) {
      const value = arbitraryValue(everythingMessage.shape, chance) as never;
      const text = JSON.stringify(everythingMessage.toJson(value));
      const back = everythingMessage.fromJson(JSON.parse(text));
      expect(back).toEqual({ ok: true, value });
      if (!back.ok) return;
      expect(hexOf(everythingMessage.encode(back.value))).toBe(
        hexOf(everythingMessage.encode(value)),
      );
    }
  });

  it('may leave out what holds nothing', () => {
    const { maybe: _, ...rest } = json();
    for (const form of [rest, { ...rest, maybe: null }]) {
      expect(everythingMessage.fromJson(form)).toMatchObject({
        ok: true,
        value: { maybe: undefined },
      });
    }
  });
});

describe('the readable form is refused at the field that does not fit', () => {
  const wrong: readonly (readonly [field: string, value: unknown, at?: string])[] = [
    ['small', 256],
    ['small', -1],
    ['small', 1.5],
    ['small', '1'],
    ['small', null],
    ['bounded', 301],
    ['larger', 2 ** 48],
    ['money', 5],
    ['money', '05'],
    ['money', '-1'],
    ['money', ''],
    ['money', '1e3'],
    ['money', '18446744073709551616'],
    ['money', '184467440737095516150'],
    ['currency', 1000],
    ['isSo', 1],
    ['isSo', 'true'],
    ['fixed', '010203040'],
    ['fixed', '01020304'],
    ['fixed', '01020304AB'],
    ['fixed', 'zz02030405'],
    ['blob', 'AQ=='],
    ['blob', 'AR'],
    ['blob', 'A'],
    ['blob', 'A+'],
    ['blob', 'A'.repeat(60)],
    ['name', 7],
    ['name', 'e\u0301'],
    ['name', 'x'.repeat(65)],
    ['name', '中'.repeat(22)],
    ['name', '\ud83d'],
    ['name', 'a\u202eb'],
    ['colour', 'purple'],
    ['colour', 'toString'],
    ['colour', 1],
    ['maybe', 5],
    ['maybe', {}, '.maybe.name'],
    ['many', []],
    ['many', {}],
    ['many', [{ name: '', sums: [{ a: 1 }] }], '.many[0].sums[0].b'],
    ['set', ['', '', '', '', '', '', '']],
    ['what', { is: 'other' }, '.what.is'],
    ['what', 'nothing', '.what.is'],
    ['what', { is: 'nothing', count: 1 }, '.what.count'],
    ['what', { is: 'some', of: [] }, '.what.count'],
  ];
  it.each(wrong.map(([field, value, at]) => ({ field, value, at: at ?? `.${field}` })))(
    '$field: $value',
    ({ field, value, at }) => {
      expect(everythingMessage.fromJson({ ...json(), [field]: value })).toEqual({
        ok: false,
        refusal: { code: 'json_invalid', at },
      });
    },
  );

  it('also when it is no object, or has a field nobody asked for', () => {
    for (const form of [null, 5, 'x', [], undefined]) {
      expect(everythingMessage.fromJson(form)).toMatchObject({
        refusal: { code: 'json_invalid', at: '' },
      });
    }
    const strange = JSON.parse('{"__proto__": {"small": 1}}') as Json;
    expect(everythingMessage.fromJson(strange)).toMatchObject({ refusal: { at: '.__proto__' } });
    for (const name of ['a b', '\u202e', 'x'.repeat(65), '']) {
      expect(everythingMessage.fromJson({ ...json(), [name]: 1 })).toMatchObject({
        refusal: { at: '.?' },
      });
    }
    expect(everythingMessage.fromJson({ ...json(), extra: 1 })).toMatchObject({
      refusal: { code: 'json_invalid', at: '.extra' },
    });
  });

  it('and what the binary form would refuse comes back under that name', () => {
    expect(everythingMessage.fromJson({ ...json(), set: ['AQ', ''] })).toEqual({
      ok: false,
      refusal: { code: 'list_not_sorted', at: '.set[1]' },
    });
  });
});

describe('the schema of a shape', () => {
  const schema = schemaOf(everythingMessage.shape);

  it('asks for every field but those that may hold nothing, and for no others', () => {
    const { required, properties } = schema as { required: string[]; properties: Json };
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(properties)).toEqual(Object.keys(SOMETHING));
    expect(required).toEqual(Object.keys(SOMETHING).filter((name) => name !== 'maybe'));
  });

  it('gives each kind its form and its bounds', () => {
    const { properties } = schema as { properties: Record<string, Json> };
    expect(properties['bounded']).toEqual({ type: 'integer', minimum: 0, maximum: 300 });
    expect(properties['money']).toEqual({ type: 'string', pattern: '^(0|[1-9][0-9]{0,19})$' });
    expect(properties['fixed']).toEqual({ type: 'string', pattern: '^[0-9a-f]{10}$' });
    expect(properties['blob']).toMatchObject({ contentEncoding: 'base64url', maxLength: 54 });
    expect(properties['name']).toEqual({ type: 'string', maxLength: 64 });
    expect(properties['colour']).toEqual({ type: 'string', enum: ['red', 'green', 'blue'] });
    expect(properties['isSo']).toEqual({ type: 'boolean' });
    expect(properties['many']).toMatchObject({ type: 'array', minItems: 1, maxItems: 5 });
    expect(properties['maybe']).toMatchObject({ oneOf: [{ type: 'object' }, { type: 'null' }] });
    expect(properties['what']).toMatchObject({
      oneOf: [{ required: ['is'] }, { required: ['is', 'count', 'of'] }],
    });
  });
});
