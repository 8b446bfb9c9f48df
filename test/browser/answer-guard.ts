import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { ROOT } from '../../scripts/build-console/build-console.ts';
import type { Shape } from '../local-org/rest/aura-answers.ts';

const GUARD = readFileSync(path.join(ROOT, 'test/support/known-members.js'), 'utf8').replaceAll(
  /^export /gm,
  '',
);

/** As much of a JSON schema as says which members there are. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly type?: string | readonly string[];
}
const schemaFile: z.ZodType<Schema> = z.custom<Schema>(
  (value) => typeof value === 'object' && value !== null,
);
const documentFile = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        responses: z.record(
          z.string(),
          z.object({
            content: z.object({ 'application/json': z.object({ schema: schemaFile }).optional() }).optional(),
          }),
        ),
      }),
    ),
  ),
});

/** An endpoint whose answers are known. */
interface Endpoint {
  readonly method: string;
  readonly path: string;
  /** Of addresses, as a regular expression. */
  readonly pattern: string;
  readonly shape: Shape;
}

/**
 * Has the page complain of each member of an API's answer that the OpenAPI document does not have: of one that a screen
 * reads, and of one that is answered. The page's own code knows nothing of it: answers are known by the text that is parsed.
 */
export async function guardAnswers(page: Page, url: string): Promise<void> {
  const answer = await fetch(`${url}/openapi.json`);
  const endpoints = endpointsOf(documentFile.parse(await answer.json()));
  await page.addInitScript({
    content: `(() => { ${GUARD}\n(${watch.toString()})(${JSON.stringify(endpoints)}, { guarded, strangersIn }); })();`,
  });
}

function endpointsOf({ paths }: z.output<typeof documentFile>): Endpoint[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.values(responses).flatMap(({ content }) => {
        const schema = content?.['application/json']?.schema;
        const pattern = `^${path.replace(/\{\w+\}/g, '[^/]+')}$`;
        return schema ? [{ method: method.toUpperCase(), path, pattern, shape: shapeOf(schema) }] : [];
      }),
    ),
  );
}

/** What may be of several kinds has the members of any. */
function shapeOf(schema: Schema): Shape {
  const { properties, additionalProperties, items } = schema;
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
    .filter(({ type }) => type !== 'null')
    .map(shapeOf);
  if (choices.length > 0)
    return choices.every(({ members }) => members)
      ? { members: Object.assign({}, ...choices.map(({ members }) => members)) as Record<string, Shape> }
      : choices.length === 1
        ? (choices[0] ?? {})
        : {};
  if (typeof items === 'object') return { of: shapeOf(items) };
  if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0)
    return properties ? {} : { of: shapeOf(additionalProperties) };
  if (!properties || (additionalProperties !== undefined && additionalProperties !== false)) return {};
  return {
    members: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, shapeOf(each)])),
  };
}

type Guard = typeof import('../support/known-members.js');

/** Runs in the page, before its own scripts. */
function watch(endpoints: readonly Endpoint[], { guarded, strangersIn }: Guard): void {
  const known = new Map<string, Endpoint>();
  const fetched = window.fetch.bind(window);
  window.fetch = async (input, options) => {
    const response = await fetched(input, options);
    const method = options?.method ?? 'GET';
    const { pathname } = new URL(response.url);
    // An address without parameters is meant where one with parameters would fit too.
    const found = endpoints
      .filter((each) => each.method === method && new RegExp(each.pattern).test(pathname))
      .sort((one, other) => one.pattern.split('[^/]+').length - other.pattern.split('[^/]+').length)[0];
    if (found && response.ok) {
      const read = response.text.bind(response);
      response.text = async () => {
        const text = await read();
        known.set(text, found);
        return text;
      };
    }
    return response;
  };
  const parse = JSON.parse.bind(JSON);
  JSON.parse = (text: string, reviver?: Parameters<typeof parse>[1]) => {
    const value: unknown = parse(text, reviver);
    const endpoint = known.get(text);
    if (!endpoint) return value;
    const name = `${endpoint.method} ${endpoint.path}`;
    const report = (message: string): void => {
      console.error(message);
    };
    strangersIn(value, endpoint.shape, name, {}).forEach(report);
    return guarded(value, endpoint.shape, name, { types: {}, report });
  };
}
