import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { arbitraryValue } from '@specie/core/codec/arbitrary.fixture';
import { chanceOf } from '@specie/core/base/chance.fixture';
import { signedAskMessage } from './messages/wallet.ts';
import { openapiOf } from './openapi.ts';
import { problemDocumentOf, refusalOfProblem } from './problem.ts';
import { plainTo, mounted, TABLES } from './tables.fixture.ts';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: object }>> };
  readonly responses: Readonly<
    Record<string, { content?: Readonly<Record<string, { schema: object }>> }>
  >;
  readonly 'x-specie-asked'?: { readonly $ref: string };
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

describe.each(TABLES)('the description of the %s', (name, table, self) => {
  const text = openapiOf(table, { title: name, version: '1', summary: name }, signedAskMessage);
  const document = JSON.parse(text) as Document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'specie', components: document.components });
  const validatorOf = (ref: string): ReturnType<Ajv2020['compile']> =>
    ajv.compile({ $ref: `specie${ref}` });

  it('describes every route that is mounted, and mounts every route it describes', async () => {
    const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const routes = Object.values(table).map(({ path, method }) => `${method} ${path}`);
    expect(described.sort()).toEqual(routes.sort());
    for (const { path, method } of operations) {
      const answer = await mounted(table, self).service.exchange({
        ...plainTo({ ...table['health']!, path, method: method.toUpperCase() as 'GET' }),
      });
      expect(['route_unknown', 'method_not_allowed']).not.toContain(
        refusalOfProblem(answer.body)?.code,
      );
    }
  });

  it('has valid schemas, and every reference leads to one', () => {
    expect(document.openapi).toBe('3.1.0');
    for (const schema of Object.values(document.components.schemas)) {
      expect(ajv.validateSchema(schema)).toBe(true);
    }
    for (const [, ref] of text.matchAll(/"\$ref": "([^"]+)"/g)) {
      expect(() => validatorOf(ref!)).not.toThrow();
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('describes the readable form of every message as it is', () => {
    const chance = chanceOf(3);
    let seen = 0;
    for (const route of Object.values(table)) {
      for (const kind of [route.request, route.answer]) {
        if (kind === undefined || document.components.schemas[kind.name] === undefined) continue;
        const isValid = validatorOf(`#/components/schemas/${kind.name}`);
        for (let i = 0; i < 20; i++) {
          const json = kind.toJson(arbitraryValue(kind.shape, chance));
          expect(isValid(json), `${kind.name}: ${JSON.stringify(isValid.errors)}`).toBe(true);
          seen += 1;
        }
        expect(
          isValid({ ...(kind.toJson(arbitraryValue(kind.shape, chance)) as object), more: 1 }),
        ).toBe(false);
      }
    }
    expect(seen).toBeGreaterThan(200);
  });

  it('describes the refusals as they are', () => {
    const isValid = validatorOf('#/components/schemas/Problem');
    expect(isValid(problemDocumentOf({ code: 'coin_unknown', at: '.coin' }))).toBe(true);
    expect(isValid({})).toBe(false);
  });
});
