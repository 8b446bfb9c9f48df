import { randomUUID } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { boundsFault } from '../../../server/src/http/input-bounds.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const FIELDS = '"object":"Contact","fields":["Id","SystemModstamp","Email"]';
const repeated = (text: string, times: number): string => Array<string>(times).fill(text).join(',');

describe('a body that is more than it looks', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer(null, { bodyLimit: 12_000_000 });
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
  });
  afterAll(() => server.close());

  function send(body: Buffer | string, encoding?: string): request.Test {
    const call = request(server.app)
      .post('/v1/tables/Contact/batches')
      .set('Authorization', `Bearer ${token}`)
      .set('Idempotency-Key', randomUUID())
      .set('Content-Type', 'application/json')
      .serialize((value: unknown) => value as string);
    if (encoding !== undefined) void call.set('Content-Encoding', encoding);
    return call.send(body as string);
  }
  const batch = (upserts: string): string => `{${FIELDS},"upserts":[${upserts}]}`;

  it.each([
    ['a million zeros for records', batch(repeated('0', 1_000_000)), 413, 'batch-too-large'],
    ['millions of empty lists', batch(repeated('[]', 3_000_000)), 413, 'body-too-large'],
    ['millions of empty objects', `{"object":[${repeated('{}', 3_000_000)}]}`, 413, 'body-too-large'],
    [
      'brackets in a text are none',
      batch(`["${contactId(1)}","${moment(0)}","${'[{'.repeat(200_000)}"]`),
      200,
      undefined,
    ],
    ['lists in lists in lists', batch(`["","",${'['.repeat(200)}${']'.repeat(200)}]`), 400, 'malformed-json'],
    [
      'a field that is longer than any',
      `{"object":"${'x'.repeat(1_000_000)}","fields":[]}`,
      400,
      'invalid-body',
    ],
    [
      'a million faulty deletes',
      `{${FIELDS},"deletes":[${repeated('{}', 100_000)}]}`,
      413,
      'batch-too-large',
    ],
  ])('is refused: %s', async (_what, body, status, code) => {
    const answer = await send(body).expect(status);
    expect((answer.body as { code?: string }).code).toBe(code);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('is refused by what it unpacks to: %s', async (encoding, pack) => {
    const answer = await send(pack(Buffer.from(batch(repeated('0', 4_000_000)))), encoding).expect(413);
    expect(answer.body).toMatchObject({ code: 'body-too-large' });
    const broken = await send(pack(Buffer.from(batch(''))).subarray(0, 12), encoding).expect(400);
    expect(broken.body).toMatchObject({ code: 'malformed-compression' });
    const wrong = await send(Buffer.from('not compressed at all'), encoding).expect(400);
    expect(wrong.body).toMatchObject({ code: 'malformed-compression' });
  });

  it('is taken where it is rows of mostly empty cells, compressed', async () => {
    const row = (number: number): string =>
      JSON.stringify([contactId(number), moment(0), `${number}@example.com`]);
    const rows = Array.from({ length: 2000 }, (_, number) => row(number + 10)).join(',');
    await send(gzipSync(batch(rows)), 'gzip').expect(200);
  });

  it.each([
    [
      'post',
      '/rows',
      { rows: Array<number>(100_000).fill(0) },
      'rows: has 100000 entries; 2000 are the most',
    ],
    [
      'delete',
      '/rows',
      { keys: Array<number>(100_000).fill(0) },
      'keys: has 100000 entries; 2000 are the most',
    ],
    [
      'post',
      '/rows',
      { rows: [Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`c${index}`, 0]))] },
      'rows[0]: has 3000 entries; 2000 are the most',
    ],
  ] as const)('is counted before it is read: %s %s', async (method, path, body, detail) => {
    const answer = await admin(server, method, `/v1/admin/projects/${scene.project}/tables/Contact${path}`)
      .send(body)
      .expect(400);
    expect(answer.body).toMatchObject({ code: 'invalid-body', detail });
  });

  it('names the first of its faults, however many there are', async () => {
    const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/rows`)
      .send({ rows: Array<number>(2000).fill(0) })
      .expect(400);
    expect((answer.body as { detail: string }).detail.length).toBeLessThan(2000);
  });
});

describe('bounds of a schema', () => {
  const schema = z.strictObject({
    list: z.array(z.array(z.string()).max(2)).max(3).optional(),
    pair: z.tuple([z.string(), z.int()]).optional(),
    named: z.record(z.string(), z.array(z.string()).max(1)).meta({ maxProperties: 2 }).nullish(),
    either: z
      .union([
        z.strictObject({ kind: z.literal('a'), of: z.array(z.int()).max(1) }),
        z.strictObject({ kind: z.literal('b'), of: z.array(z.int()).max(3) }),
      ])
      .optional(),
    given: z
      .string()
      .transform((text) => text.length)
      .default(0 as never),
    open: z.unknown(),
  });

  it.each<[unknown, string | null]>([
    [{ list: [['a', 'b'], []], pair: ['a', 1], named: { a: ['b'] }, given: 'a', open: ['\0'] }, null],
    [{ list: [[], [], [], []] }, 'list'],
    [{ list: [[], ['a', 'b', 'c']] }, 'list.1'],
    [{ list: [[], ['a', '\ud800']] }, 'list.1.1'],
    [{ pair: ['\0', 1] }, 'pair.0'],
    [{ named: { a: [], b: [], c: [] } }, 'named'],
    [{ named: { a: ['b', 'c'] } }, 'named.a'],
    [{ named: { 'a\0': [] } }, 'named.a\uFFFD'],
    [{ either: { kind: 'a', of: [1, 2] } }, 'either.of'],
    [{ either: { kind: 'b', of: [1, 2] } }, null],
    [{ given: 'half \udc00' }, 'given'],
    [{ list: 'other', pair: 1, named: [], either: null }, null],
    ['other', null],
  ])('are looked at before it reads %j', (input, place) => {
    const fault = boundsFault(schema, input);
    expect(fault?.path.join('.') ?? null).toBe(place);
  });
});
