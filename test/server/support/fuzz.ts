import request from 'supertest';
import { placesOf, sampleOf, withValue, type Schema } from './schema-samples.ts';
import { admin, type Scene, type TestServer } from './test-server.ts';
import { randomNumbers } from '../../support/random-numbers.ts';

/** Stands in every hostile text of a body, so that the log can be searched for it. */
export const MARK = 'h0st1le';

export interface FuzzRequest {
  /** The endpoint, as it is described. */
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly token: 'account' | 'plugin' | 'none';
}

export interface FuzzOperation {
  readonly method: string;
  readonly path: string;
  readonly token: FuzzRequest['token'];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly body: Schema | null;
}

interface Described {
  readonly security: readonly object[];
  readonly parameters?: FuzzOperation['parameters'];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** Answered by another machine, or so slow by design that a run would be nothing else. */
const LEFT_OUT = new Set([
  'post /v1/admin/alert-channels/{channel}/test',
  'post /v1/admin/connections/{connection}/test',
  'post /v1/operator/accounts',
  'post /v1/operator/signing-keys',
]);

export async function operationsOf(server: TestServer): Promise<FuzzOperation[]> {
  const answer = await request(server.app).get('/openapi.json').expect(200);
  const { paths } = answer.body as { paths: Record<string, Record<string, Described>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => !LEFT_OUT.has(`${method} ${path}`))
      .map(([method, { security, parameters = [], requestBody }]) => ({
        method,
        path,
        token:
          security.length === 0 ? 'none' : security.some((each) => 'plugin' in each) ? 'plugin' : 'account',
        parameters,
        body: requestBody?.content['application/json']?.schema ?? null,
      })),
  );
}

/** What there is on a server, by the names of parameters and members that mean it. */
export async function knownNames(server: TestServer, scene: Scene): Promise<ReadonlyMap<string, unknown>> {
  const made = async (path: string, body: object): Promise<string> => {
    const answer = await admin(server, 'post', path).send(body).expect(201);
    return (answer.body as { id: string }).id;
  };
  const connection = scene.connectionId;
  await admin(server, 'post', `/v1/admin/projects/${scene.project}/opt-ins`)
    .send({ code: 'newsletter', name: 'Newsletter' })
    .expect(201);
  const mapping = [{ field: 'LastName', path: 'name' }];
  return new Map<string, unknown>([
    ['project', scene.project],
    ['table', 'Contact'],
    ['field', 'last_name'],
    ['optIn', 'newsletter'],
    ['connection', connection],
    ['transfer', scene.transferId],
    ['object', 'Contact'],
    ['fields', ['Id', 'SystemModstamp', 'Email']],
    ['pull', await made('/v1/admin/pulls', { transfer: scene.transferId, startNow: false })],
    [
      'integration',
      await made('/v1/admin/integrations', {
        connection,
        table: 'Contact',
        object: 'Contact',
        name: 'Deletions',
        operations: ['deleted'],
      }),
    ],
    ['source', await made('/v1/admin/sources', { connection, name: 'Site' })],
    [
      'action',
      await made('/v1/admin/actions', {
        connection,
        name: 'Make',
        object: 'Contact',
        operation: 'create',
        mapping,
      }),
    ],
    ['import', await made('/v1/admin/imports', { name: 'f.csv', project: scene.project, table: 'Contact' })],
    ['channel', await made('/v1/admin/alert-channels', { kind: 'email', address: 'a@example.com' })],
    ['email', 'a@example.com'],
    ['contact', { email: 'a@example.com' }],
    ['keys', [{ email: 'a@example.com' }]],
    ['rows', [{ email: 'a@example.com' }]],
    ['key', '{"email":"a@example.com"}'],
    ['login', 'http://127.0.0.1:9'],
    ['Idempotency-Key', 'fuzz'],
  ]);
}

const HOSTILE_TEXTS: readonly string[] = [
  '',
  `${MARK}\0`,
  `${MARK}\ud800`,
  `\udfff${MARK}`,
  `${MARK}\u202e\u200b\ufeff`,
  `${MARK}'";--\\`,
  `${MARK}"}],{`,
  `{${MARK}`,
  `["${MARK}",null,{}]`,
  `{"${MARK}":{"gte":"\\u0000"}}`,
  `{"email":"${MARK}\\u0000"}`,
  `{"age":{"in":["${MARK}"]}}`,
  '{"age":99999999999999999999999}',
  `${MARK}%00%ff$1\\1?:`,
  `${MARK} `.repeat(2000),
  '9'.repeat(400),
  `${MARK}@${MARK}`,
  '0000-01-01T00:00:00Z',
  '0000-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-14:00',
  '-1',
  '1e400',
  'NaN',
  '__proto__',
  '00000000-0000-0000-0000-000000000000',
];
const HOSTILE_VALUES: readonly unknown[] = [
  ...HOSTILE_TEXTS,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  [],
  [[]],
  {},
  { [MARK]: `${MARK}\0` },
  { [`${MARK}\0`]: 1 },
  { constructor: { prototype: MARK } },
  Array.from({ length: 12_000 }, () => 0),
  Array.from({ length: 50 }, () => ({})),
  [`${MARK}\0`],
  [null],
  Array.from({ length: 80 }).reduce<unknown>((inner) => [inner], MARK),
];
const HOSTILE_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'DI-Account': `${MARK}%00` },
  { 'Idempotency-Key': 'x'.repeat(5000) },
  { 'Content-Encoding': 'gzip' },
  { 'Content-Encoding': 'br' },
  { 'Content-Type': 'text/csv' },
  { 'Content-Type': `application/json; charset=${MARK}` },
  { Authorization: `Bearer ${MARK}` },
  { Authorization: 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.bm90IEpTT04.eA' },
  { Authorization: 'Basic AAA=' },
  { Authorization: '', Cookie: 'di-session=dis_%00; di-authorization=%00' },
];
const HOSTILE_BODIES: readonly string[] = [
  '',
  '{',
  'null',
  '[]',
  '"\\u0000"',
  '0',
  `{"${MARK}`,
  '[1,2',
  '\ufeff{}',
];

/** Every request, in an order that the seed decides. */
export function requestsOf(
  operations: readonly FuzzOperation[],
  known: ReadonlyMap<string, unknown>,
  seed: number,
): FuzzRequest[] {
  const all = operations.flatMap((operation) => [...requestsTo(operation, known)]);
  const random = randomNumbers(seed);
  for (let place = all.length - 1; place > 0; place--) {
    const other = Math.floor(random() * (place + 1));
    const [one, two] = [all[place], all[other]];
    if (one && two) [all[place], all[other]] = [two, one];
  }
  return all;
}

/** The first so many requests to each endpoint, in their order. */
export function someOfEach(requests: readonly FuzzRequest[], count: number): FuzzRequest[] {
  const taken = new Map<string, number>();
  return requests.filter(({ endpoint }) => {
    const before = taken.get(endpoint) ?? 0;
    taken.set(endpoint, before + 1);
    return before < count;
  });
}

function* requestsTo(operation: FuzzOperation, known: ReadonlyMap<string, unknown>): Generator<FuzzRequest> {
  const { method, token, parameters, body } = operation;
  const sample = body === null ? undefined : sampleOf(body, known);
  const usual = {
    endpoint: `${method} ${operation.path}`,
    method: method.toUpperCase(),
    token,
    path: addressOf(operation, known, null, ''),
    headers: headersOf(operation, known),
    body: sample === undefined ? undefined : JSON.stringify(sample),
  };
  // What changes something and takes nothing is not sent as it is: it would end what others are tried on.
  if (method === 'get' || body !== null) {
    yield usual;
    for (const headers of HOSTILE_HEADERS) yield { ...usual, headers: { ...usual.headers, ...headers } };
  }
  for (const parameter of parameters.filter((each) => each.in !== 'header'))
    for (const value of HOSTILE_TEXTS)
      yield { ...usual, path: addressOf(operation, known, parameter.name, value) };
  if (body === null) return;
  for (const text of HOSTILE_BODIES) yield { ...usual, body: text };
  for (const { at } of placesOf(body))
    for (const value of HOSTILE_VALUES)
      yield { ...usual, body: JSON.stringify(withValue(sample, at, value)) };
}

/** @param changed the parameter that has another value than what there is */
function addressOf(
  { path, parameters }: FuzzOperation,
  known: ReadonlyMap<string, unknown>,
  changed: string | null,
  value: string,
): string {
  const valueOf = (name: string): string =>
    name === changed ? value : nameOf(known, name, '00000000-0000-0000-0000-000000000000');
  // What a URL cannot hold at all, is sent as the bytes that it would be.
  const written = (text: string): string =>
    encodeURIComponent(text.toWellFormed()).replaceAll('%EF%BF%BD', '%ED%A0%80');
  const query = parameters
    .filter(({ in: place, name, required }) => place === 'query' && (required || name === changed))
    .map(({ name }) => `${name}=${written(valueOf(name))}`);
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => written(valueOf(name)) || '%20');
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

function headersOf(
  { parameters }: FuzzOperation,
  known: ReadonlyMap<string, unknown>,
): Record<string, string> {
  const wanted = parameters.filter(({ in: place, required }) => place === 'header' && required);
  return Object.fromEntries(wanted.map(({ name }) => [name, nameOf(known, name, 'fuzz')]));
}

function nameOf(known: ReadonlyMap<string, unknown>, name: string, otherwise: string): string {
  const value = known.get(name);
  return typeof value === 'string' ? value : otherwise;
}
