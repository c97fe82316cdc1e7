import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { PROTOCOL_MESSAGES } from './messages.fixture.ts';

it('the tests that try every message know of each that the sources define', () => {
  const defined = fs
    .readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(?:test|fixture)\.ts$/.test(file))
    .flatMap((file) => {
      const text = fs.readFileSync(path.join(import.meta.dirname, file), 'utf8');
      return [...text.matchAll(/\bmessage\(\s*'(\w+)'/g)].map(([, name]) => name);
    });
  expect(PROTOCOL_MESSAGES.map(({ name }) => name).sort()).toEqual(defined.sort());
});
