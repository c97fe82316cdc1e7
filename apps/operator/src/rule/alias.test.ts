/** Names: one written form each, and masks that tell no more than they should. */
import { expect, test } from 'vitest';
import { maskAlias, parseAlias } from './alias.ts';

const GOOD: readonly (readonly [string, string, string])[] = [
  ['+8613800138000', '+8613800138000', '+86 138 •••• 8000'],
  ['+86 138-0013-8000', '+8613800138000', '+86 138 •••• 8000'],
  ['0086 (138) 0013.8000', '+8613800138000', '+86 138 •••• 8000'],
  ['+8613800138000', '+8613800138000', '+86 138 •••• 8000'],
  ['+1 212 555 0123', '+12125550123', '+1 212 •••• 0123'],
  ['+352 621 123', '+352621123', '+352 •••• 23'],
  ['Alice@Example.ORG', 'alice@example.org', 'a•••@example.org'],
  [' a.b+c@mail.example.co ', 'a.b+c@mail.example.co', 'a•••@mail.example.co'],
];

test.each(GOOD)('reads %s as %s and shows it as %s', (written, text, shown) => {
  const alias = parseAlias(written);
  expect(alias).toMatchObject({ ok: true, value: { text } });
  expect(alias.ok && maskAlias(alias.value)).toBe(shown);
});

const BAD = [
  '',
  '13800138000',
  '+0123456789',
  '+123456',
  '+1234567890123456',
  '+86138x0138000',
  'a@b',
  '@example.org',
  'a@@example.org',
  'a..b@example.org',
  'a@-example.org',
  'a@example.org\u202e',
  `${'a'.repeat(65)}@example.org`,
  `a@${'b.'.repeat(130)}org`,
  'ä@example.org',
];

test.each(BAD)('refuses %j', (written) => {
  expect(parseAlias(written)).toMatchObject({ ok: false, refusal: { code: 'alias_malformed' } });
});
