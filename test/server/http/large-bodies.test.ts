import { randomUUID } from 'node:crypto';
import { deserialize } from 'node:v8';
import fc from 'fast-check';
import request from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { piecesOf, PIECE_VALUES, puttingTogether } from '../../../server/src/http/json-pieces.ts';
import { LARGE_BODY } from '../../../server/src/http/large-bodies.ts';
import { Threads } from '../../../server/src/http/threads.ts';
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

const DOMAIN = `${'x'.repeat(60)}.example.com`;
const batchOf = (count: number, name: string): string =>
  JSON.stringify({
    object: 'Contact',
    fields: ['Id', 'SystemModstamp', 'Email', 'LastName'],
    upserts: Array.from({ length: count }, (_, index) => [
      contactId(index),
      moment(1),
      `p${index}@${DOMAIN}`,
      name,
    ]),
  });

describe('a large body', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer(null, { bodyLimit: 12_000_000 });
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => server.close());

  const send = (body: string): request.Test =>
    request(server.app)
      .post('/v1/tables/Contact/batches')
      .set('Authorization', `Bearer ${token}`)
      .set('Idempotency-Key', randomUUID())
      .set('Content-Type', 'application/json')
      .send(body);

  /** Whether this thread has read a text as JSON. */
  function isReadHere(): (text: string) => boolean {
    const reading = vi.spyOn(JSON, 'parse');
    return (text) => reading.mock.calls.some(([read]) => read === text);
  }

  it('is read by another thread, and taken as a small one is, which this thread reads', async () => {
    const isRead = isReadHere();
    const small = batchOf(10, 'é'.repeat(20));
    expect((await send(small)).body).toMatchObject({ applied: 10 });
    expect(isRead(small)).toBe(true);
    const large = batchOf(9000, 'é'.repeat(20));
    expect(Buffer.byteLength(large)).toBeGreaterThan(LARGE_BODY);
    expect((await send(large)).body).toMatchObject({ applied: 8990, unchanged: 10, rejected: [] });
    expect(isRead(large)).toBe(false);
    const found = await admin(
      server,
      'get',
      `/v1/admin/projects/${scene.project}/tables/Contact/rows?limit=1&count=true&filter=${encodeURIComponent(JSON.stringify({ last_name: 'é'.repeat(20) }))}`,
    ).expect(200);
    expect(found.body).toMatchObject({ count: 9000 });
  });

  it('is refused as a small one is', async () => {
    const isRead = isReadHere();
    const refusals = [
      [batchOf(9000, 'x'.repeat(20)).slice(0, -1), 400, 'malformed-json'],
      [`{"object":[${'[],'.repeat(400_000)}[]]}`, 413, 'body-too-large'],
      [`{"x":"${'x'.repeat(LARGE_BODY)}","y":${'['.repeat(200)}${']'.repeat(200)}}`, 400, 'malformed-json'],
    ] as const;
    for (const [body, status, code] of refusals) {
      expect(await send(body)).toMatchObject({ status, body: { code } });
      expect(isRead(body)).toBe(false);
    }
  });
});

describe('JSON in pieces', () => {
  it('is put together to what it was, whatever its members are called', async () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.jsonValue()),
      fc.dictionary(fc.string(), fc.array(fc.jsonValue())),
      fc.constant(JSON.parse('{"__proto__": [1, {"__proto__": []}], "constructor": [2]}') as unknown),
    );
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        expect(JSON.stringify(await puttingTogether(piecesOf(value)))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('is put together a bounded number of values a turn', async () => {
    const record = Array.from({ length: 100 }, (_, index) => `value ${index}`);
    const { parts } = piecesOf({ object: 'Contact', upserts: Array.from({ length: 2000 }, () => record) });
    expect(parts.length).toBeGreaterThan(5);
    for (const { elements } of parts) {
      const records = deserialize(elements) as unknown[][];
      expect(records.length * 101).toBeLessThan(PIECE_VALUES + 2 * 101);
    }
    let turns = 0;
    const count = (): void => {
      turns += 1;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    await puttingTogether({ frame: piecesOf({ upserts: [] }).frame, parts });
    clearImmediate(counting);
    expect(turns).toBeGreaterThanOrEqual(parts.length - 1);
  });
});

it('a thread that cannot begin ends what it had to do, and not the process', async () => {
  const threads = new Threads<null, never>(new URL('no-such-worker.ts', import.meta.url), {
    maxWaiting: 0,
    tooMany: 'Too many.',
    tooSlow: ['too-slow', 'Too slow.'],
    deadline: () => AbortSignal.timeout(3000),
  });
  // An error that nobody listens to would fail this run.
  await expect(threads.run('account', null)).rejects.toMatchObject({ status: 503, code: 'too-slow' });
  await threads.close();
});
