import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  ORGANIZATION,
  postBatch,
  requestToken,
  startTestServer,
  type Scene,
  type TestServer,
} from '../../support/test-server.ts';

describe('an org that asks of a record', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
  });

  const ask = (id: string, object = 'Contact', as = token) =>
    admin(server, 'get', `/v1/plugin/objects/${object}/records/${id}`, as);
  const project = (rest: string) => `/v1/admin/projects/${scene.project}/${rest}`;
  const send = (upserts: unknown[][], more: object = {}) =>
    postBatch(server, token, { upserts, ...more }).expect(200);

  it('learns which table it is in, which version is there, and when it was written', async () => {
    await send([[contactId(1), moment(5), 'ann@example.com', 'Ann']]);
    const answer = await ask(contactId(1)).expect(200);
    expect(answer.body).toEqual({
      tables: [
        {
          table: 'Contact',
          state: 'current',
          version: moment(5),
          since: null,
          createdAt: expect.any(String) as string,
          changedAt: expect.any(String) as string,
          filledBy: null,
          outdated: null,
        },
      ],
      consents: [],
    });
  });

  it('learns since when it is there, whatever has happened to it, its key too', async () => {
    await send([[contactId(1), moment(0), 'ann@example.com', 'Ann']]);
    const createdAt = async () =>
      ((await ask(contactId(1)).expect(200)).body as { tables: { createdAt: string }[] }).tables[0]
        ?.createdAt;
    const since = await createdAt();
    expect(Date.parse(since ?? '')).not.toBeNaN();
    await send([[contactId(1), moment(1), 'anna@example.com', 'Anna']]);
    await send([], { archives: [[contactId(1), moment(2)]] });
    await send([[contactId(1), moment(3), 'anna@example.com', 'Anna']]);
    expect(await createdAt()).toBe(since);
    await send([], { deletes: [{ id: contactId(1), at: moment(4) }] });
    await send([[contactId(1), moment(5), 'anna@example.com', 'Anna']]);
    expect(Date.parse((await createdAt()) ?? '')).toBeGreaterThan(Date.parse(since ?? ''));
  });

  it('learns how many of an object’s records are there, archived, or wait for the row of another', async () => {
    await send([
      [contactId(1), moment(0), 'ann@example.com', 'Ann'],
      [contactId(2), moment(0), 'bob@example.com', 'Bob'],
      [contactId(3), moment(0), 'cid@example.com', 'Cid'],
    ]);
    await send([[contactId(4), moment(5), 'bob@example.com', 'Rob']], {
      archives: [[contactId(3), moment(3)]],
    });
    const counts = (object: string, keyPrefix: string, as = token) =>
      admin(server, 'get', `/v1/plugin/objects/${object}/counts?keyPrefix=${keyPrefix}`, as);
    expect((await counts('contact', '003').expect(200)).body).toEqual({
      tables: [{ table: 'Contact', current: 2, archived: 1, rivals: 1 }],
    });
    expect((await counts('Contact', '00Q').expect(200)).body).toEqual({
      tables: [{ table: 'Contact', current: 0, archived: 0, rivals: 0 }],
    });
    expect((await counts('Lead', '00Q').expect(200)).body).toEqual({ tables: [] });
    await counts('Contact', '%25%25%25').expect(400);
    await counts('Contact', '003', 'nonsense').expect(401);
  });

  it('may name it by 15 characters, and the object in any case', async () => {
    await send([[contactId(1), moment(0), 'ann@example.com', 'Ann']]);
    const whole = await ask(contactId(1)).expect(200);
    expect((whole.body as { tables: unknown[] }).tables).toHaveLength(1);
    expect((await ask(contactId(1).slice(0, 15), 'CONTACT').expect(200)).body).toEqual(whole.body);
  });

  it('is told the opt-ins of its person, those that were never asked for too, and no archived one', async () => {
    for (const code of ['newsletter', 'sms', 'old'])
      await admin(server, 'post', project('opt-ins'))
        .send({ code, name: `The ${code}` })
        .expect(201);
    await admin(server, 'post', project('opt-ins/old/archive')).expect(200);
    await send([[contactId(1), moment(0), 'ann@example.com', 'Ann']]);
    await admin(server, 'post', project('consent'))
      .send({
        changes: [{ contact: { email: 'ann@example.com' }, optIn: 'newsletter', status: 'withdrawn' }],
      })
      .expect(200);
    const answer = await ask(contactId(1)).expect(200);
    expect((answer.body as { consents: unknown }).consents).toEqual([
      {
        optIn: 'newsletter',
        name: 'The newsletter',
        status: 'withdrawn',
        changedAt: expect.any(String) as string,
        pendingUntil: null,
      },
      { optIn: 'sms', name: 'The sms', status: null, changedAt: null, pendingUntil: null },
    ]);
  });

  it('learns that its row is archived, or shows an older version since the later one was refused', async () => {
    await send([
      [contactId(1), moment(0), 'ann@example.com', 'Ann'],
      [contactId(2), moment(0), 'bob@example.com', 'Bob'],
    ]);
    await send([[contactId(2), moment(2), 'bob@example.com', 'B'.repeat(21)]], {
      archives: [[contactId(1), moment(3)]],
    });
    const archived = await ask(contactId(1)).expect(200);
    expect(archived.body).toMatchObject({ tables: [{ state: 'archived', since: moment(3) }] });
    const older = await ask(contactId(2)).expect(200);
    expect(older.body).toMatchObject({
      tables: [{ state: 'current', version: moment(0), outdated: { code: 'too-long', field: 'LastName' } }],
    });
  });

  it('learns that it waits for the row of another record with its key, and is told the consent of that person', async () => {
    await admin(server, 'post', project('opt-ins')).send({ code: 'sms', name: 'SMS' }).expect(201);
    await send([[contactId(1), moment(0), 'both@example.com', 'Ann']]);
    await send([[contactId(2), moment(5), 'both@example.com', 'Bob']]);
    const answer = await ask(contactId(1)).expect(200);
    expect(answer.body).toMatchObject({
      tables: [
        {
          state: 'rival',
          version: moment(0),
          filledBy: contactId(2),
          changedAt: null,
          since: expect.any(String) as string,
        },
      ],
      consents: [{ optIn: 'sms', status: null }],
    });
  });

  it('is told nothing of a record that is not there, nor of an object that the connection does not transfer', async () => {
    await send([[contactId(1), moment(0), 'ann@example.com', 'Ann']]);
    const nothing = { tables: [], consents: [] };
    expect((await ask(contactId(2)).expect(200)).body).toEqual(nothing);
    expect((await ask(contactId(1), 'Lead').expect(200)).body).toEqual(nothing);
  });

  it('is told nothing of records of another connection, be it of the same project', async () => {
    await send([[contactId(1), moment(0), 'ann@example.com', 'Ann']]);
    const other = await admin(server, 'post', '/v1/admin/connections')
      .send({ project: scene.project, name: 'Other' })
      .expect(201);
    const keys = other.body as { keyId: string; secret: string };
    const given = await requestToken(server, keys, ORGANIZATION);
    const { access_token } = given.body as { access_token: string };
    const asked = await ask(contactId(1), 'Contact', access_token).expect(200);
    expect(asked.body).toEqual({ tables: [], consents: [] });
    const stranger = await authorizedToken(server, await createScene(server));
    expect((await ask(contactId(1), 'Contact', stranger).expect(200)).body).toEqual({
      tables: [],
      consents: [],
    });
  });

  it.each(['003', '003-00000000001AAA', '003000000000001AA%00'])('is refused for the id %s', async (id) => {
    expect((await ask(id)).status).toBe(400);
  });

  it('is refused once its connection was revoked', async () => {
    await admin(server, 'delete', `/v1/admin/connections/${scene.connectionId}`).expect(204);
    expect((await ask(contactId(1)).expect(401)).body).toMatchObject({ code: 'connection-revoked' });
  });
});
