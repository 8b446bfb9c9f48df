import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placesOf, type Schema } from '../support/schema-samples.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** Formats that say by themselves how long a text is; a file is read as it comes. */
const BOUNDED_FORMATS = new Set(['uuid', 'binary']);

/** What an input may be without end. */
function unbounded(schema: Schema): string[] {
  const types = [schema.type ?? []].flat();
  const isChosen = schema.enum !== undefined || schema.const !== undefined;
  const isOpen = schema.additionalProperties !== undefined && schema.additionalProperties !== false;
  return [
    ...(types.includes('string') &&
    !isChosen &&
    schema.maxLength === undefined &&
    !BOUNDED_FORMATS.has(schema.format ?? '')
      ? ['a text']
      : []),
    ...(types.includes('array') && schema.maxItems === undefined && schema.prefixItems === undefined
      ? ['a list']
      : []),
    ...(types.includes('object') && isOpen && schema.maxProperties === undefined ? ['an object'] : []),
    ...(schema.propertyNames && !schema.propertyNames.enum && schema.propertyNames.maxLength === undefined
      ? ['a member’s name']
      : []),
  ];
}

describe('every input of the API', () => {
  let server: TestServer;
  let operations: (readonly [string, Operation])[];
  beforeAll(async () => {
    server = await startTestServer();
    const answer = await request(server.app).get('/openapi.json').expect(200);
    const { paths } = answer.body as { paths: Record<string, Record<string, Operation>> };
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
    );
  });
  afterAll(() => server.close());

  it('has a maximum: texts, lists, and objects whose members are not named', () => {
    const found = operations.flatMap(([name, { parameters = [], requestBody }]) => [
      ...parameters.flatMap((parameter) =>
        placesOf(parameter.schema).flatMap(({ at, schema }) =>
          unbounded(schema).map(
            (what) => `${name}: ${parameter.in} ${[parameter.name, ...at].join('.')}, ${what}`,
          ),
        ),
      ),
      ...Object.values(requestBody?.content ?? {}).flatMap((content) =>
        placesOf(content.schema).flatMap(({ at, schema }) =>
          unbounded(schema).map((what) => `${name}: ${at.join('.')}, ${what}`),
        ),
      ),
    ]);
    expect(operations.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });
});
