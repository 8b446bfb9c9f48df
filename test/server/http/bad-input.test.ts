import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

describe('bad input', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
  }, 60_000);
  afterAll(() => server.close());

  const post = (type: string) =>
    request(server.app)
      .post('/v1/tables/Contact/batches')
      .set('Authorization', `Bearer ${token}`)
      .set('Idempotency-Key', 'bad')
      .set('Content-Type', type);

  it.each([
    ['malformed JSON', 'application/json', '{"object": ', 400, 'malformed-json'],
    ['JSON that is no object', 'application/json', '[1, 2]', 400, 'invalid-body'],
    ['another content type', 'text/xml', '<a/>', 415, 'unsupported-media-type'],
    ['a form where JSON belongs', 'application/x-www-form-urlencoded', 'a=b', 415, 'unsupported-media-type'],
    [
      'a body that is too large',
      'application/json',
      JSON.stringify({ object: 'x'.repeat(1_000_001) }),
      413,
      'body-too-large',
    ],
    ['another character set', 'application/json; charset=klingon', '{}', 415, 'unsupported-encoding'],
  ])('is refused: %s', async (_what, type, body, status, code) => {
    const answer = await post(type).send(body).expect(status);
    expect(answer.body).toMatchObject({ code, status });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(JSON.stringify(answer.body)).not.toMatch(/at .*\.ts|node_modules|SELECT/);
  });

  it('takes a body compressed with gzip', async () => {
    const body = {
      object: 'Contact',
      fields: ['Id', 'SystemModstamp', 'Email'],
      upserts: [[contactId(1), moment(0), 'zip@example.com']],
    };
    await post('application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((value: unknown) => value as string)
      .send(gzipSync(JSON.stringify(body)) as unknown as string)
      .expect(200);
    expect(await rowsOf(server, scene)).toMatchObject([{ email: 'zip@example.com' }]);
  });

  it('is an unknown endpoint', async () => {
    expect((await request(server.app).get('/v1/nothing').expect(404)).body).toMatchObject({
      code: 'not-found',
    });
  });

  it('gives every answer a request id, the caller’s where it is one', async () => {
    expect(
      (await request(server.app).get('/health').set('X-Request-Id', 'mine-1')).headers['x-request-id'],
    ).toBe('mine-1');
    expect(
      (await request(server.app).get('/health').set('X-Request-Id', 'a b<c>')).headers['x-request-id'],
    ).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is ready while its database answers', async () => {
    await request(server.app).get('/ready').expect(200, { status: 'ready' });
  });

  it.each([
    [
      'an undeclared member',
      {
        code: 'X',
        name: 'X',
        type: 'A',
        colour: 'red',
        contacts: { primaryKey: ['a'], fields: [{ name: 'a', type: 'text' }] },
      },
      400,
      'invalid-body',
      'colour',
    ],
    [
      'a hostile code',
      {
        code: 'x"; DROP SCHEMA di; --',
        name: 'X',
        type: 'A',
        contacts: { primaryKey: ['a'], fields: [{ name: 'a', type: 'text' }] },
      },
      400,
      'invalid-body',
      'code',
    ],
    [
      'a hostile field',
      {
        code: 'X',
        name: 'X',
        type: 'A',
        contacts: { primaryKey: ['a'], fields: [{ name: 'a" text); --', type: 'text' }] },
      },
      400,
      'invalid-body',
      'name',
    ],
    [
      'a system column',
      {
        code: 'X',
        name: 'X',
        type: 'A',
        contacts: { primaryKey: ['_salesforce_id'], fields: [{ name: '_salesforce_id', type: 'text' }] },
      },
      400,
      'invalid-body',
      'name',
    ],
    [
      'an unknown type',
      {
        code: 'X',
        name: 'X',
        type: 'A',
        contacts: { primaryKey: ['a'], fields: [{ name: 'a', type: 'blob' }] },
      },
      400,
      'invalid-body',
      'type',
    ],
    [
      'a key that is no field',
      {
        code: 'X',
        name: 'X',
        type: 'A',
        contacts: { primaryKey: ['b'], fields: [{ name: 'a', type: 'text' }] },
      },
      422,
      'primary-key-missing',
      'b',
    ],
    [
      'a key of a type without equality',
      {
        code: 'X',
        name: 'X',
        type: 'A',
        contacts: { primaryKey: ['a'], fields: [{ name: 'a', type: 'json' }] },
      },
      422,
      'primary-key-type',
      'json',
    ],
    [
      'a field that is there twice',
      {
        code: 'X',
        name: 'X',
        type: 'A',
        contacts: {
          primaryKey: ['a'],
          fields: [
            { name: 'a', type: 'text' },
            { name: 'A', type: 'text' },
          ],
        },
      },
      409,
      'field-exists',
      'a',
    ],
  ])('is a project with %s', async (_what, body, status, code, detail) => {
    const answer = await admin(server, 'post', '/v1/admin/projects').send(body).expect(status);
    expect(answer.body).toMatchObject({ code });
    expect((answer.body as { detail: string }).detail).toContain(detail);
  });

  it.each([
    [
      'an unknown column',
      [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'Phone', column: 'phone' },
      ],
      'unknown-column',
    ],
    [
      'a column mapped twice',
      [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'Phone', column: 'email' },
      ],
      'column-mapped-twice',
    ],
    [
      'a field mapped twice',
      [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'email', column: 'last_name' },
      ],
      'field-mapped-twice',
    ],
    ['no primary key', [{ salesforceField: 'LastName', column: 'last_name' }], 'primary-key-missing'],
  ])('is a mapping with %s', async (_what, mapping, code) => {
    const answer = await admin(server, 'post', '/v1/admin/transfers')
      .send({ connection: scene.connectionId, table: 'Contact', object: 'Lead', mapping })
      .expect(422);
    expect(answer.body).toMatchObject({ code });
  });
});
