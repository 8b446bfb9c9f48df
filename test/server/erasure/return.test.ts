import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeConsent, consentOf, createOptIn, statusOf } from '../support/consent.ts';
import { acquiringProject, ImportCalls } from '../support/imports.ts';
import { ANN, BOB, addRows, erase, projectByNumber, sceneOfTwo } from '../support/persons.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

describe('an opt-out of somebody who was erased', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    ({ scene, token } = await sceneOfTwo(server));
    await createOptIn(server, scene);
    await createOptIn(server, scene, 'events');
    await changeConsent(server, scene, [
      { contact: ANN, optIn: 'newsletter', status: 'withdrawn' },
      { contact: ANN, optIn: 'events', status: 'granted' },
    ]);
  });

  const later = (): string => new Date(Date.now() + 1000).toISOString();
  const arrive = async (id: string, email: string): Promise<void> => {
    await postBatch(server, token, { upserts: [[id, later(), email, 'Ann']] }).expect(200);
  };
  const consentsOf = async (key: object): Promise<unknown[]> =>
    (await consentOf(server, scene, key)).consents.map(({ optIn, status }) => [optIn, status]);
  const WITHDRAWN_ONLY = [
    ['events', null],
    ['newsletter', 'withdrawn'],
  ];

  it('stands when a batch brings the same record, and what was granted does not come back', async () => {
    await erase(server, scene, ANN);
    await arrive(contactId(1), ANN.email);
    expect((await rowsOf(server, scene)).length).toBe(2);
    expect((await consentsOf(ANN)).sort()).toEqual(WITHDRAWN_ONLY);
    expect((await consentOf(server, scene, ANN)).events.at(-1)).toMatchObject({
      source: 'erasure',
      status: 'withdrawn',
      actor: { kind: 'system' },
    });
  });

  it('stands for the address in another record, and for the record with another address', async () => {
    await erase(server, scene, ANN);
    await arrive(contactId(7), 'ANN@Example.com');
    expect(await statusOf(server, scene, 'ANN@Example.com')).toBe('withdrawn');
    await arrive(contactId(1), 'elsewhere@example.com');
    expect(await statusOf(server, scene, 'elsewhere@example.com')).toBe('withdrawn');
  });

  it('stands through a second erasure', async () => {
    for (const round of [1, 2]) {
      expect((await erase(server, scene, ANN)).body.erasure).not.toBeNull();
      await postBatch(server, token, {
        upserts: [[contactId(1), new Date(Date.now() + round * 1000).toISOString(), ANN.email, 'Ann']],
      }).expect(200);
      expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
    }
  });

  it('stands when rows are written, changed or imported', async () => {
    const fields = [
      { name: 'email', type: 'email' },
      { name: 'name', type: 'text' },
    ];
    scene = { ...scene, project: await acquiringProject(server, fields) };
    await createOptIn(server, scene);
    await addRows(server, scene, [ANN, BOB]);
    await changeConsent(server, scene, [{ contact: ANN, optIn: 'newsletter', status: 'withdrawn' }]);
    await erase(server, scene, ANN);
    await addRows(server, scene, [{ email: 'Ann@example.com' }]);
    expect(await statusOf(server, scene, 'Ann@example.com')).toBe('withdrawn');

    await erase(server, scene, ANN);
    const bob = `/v1/admin/projects/${scene.project}/tables/Contact/rows/${BOB.email}`;
    await admin(server, 'patch', bob).send(ANN).expect(200);
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');

    await erase(server, scene, ANN);
    const imports = new ImportCalls(server);
    const { id } = await imports.upload(
      scene.project,
      'email,name\nann@example.com,Ann\ncid@example.com,Cid\n',
    );
    await imports.run(id);
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
    expect(await statusOf(server, scene, 'cid@example.com')).toBeNull();
  });

  it('gives way to what the person says afterwards', async () => {
    await erase(server, scene, ANN);
    await arrive(contactId(1), ANN.email);
    await changeConsent(server, scene, [{ contact: ANN, optIn: 'newsletter', status: 'granted' }]);
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
    await arrive(contactId(1), ANN.email);
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
  });

  it('is nobody else’s', async () => {
    await erase(server, scene, ANN);
    await arrive(contactId(8), 'annie@example.com');
    await arrive(contactId(9), 'joann@example.com');
    expect(await statusOf(server, scene, 'annie@example.com')).toBeNull();
    expect(await statusOf(server, scene, 'joann@example.com')).toBeNull();
    expect(await statusOf(server, scene, BOB.email)).toBeNull();
  });

  it('that was all that was known of somebody stands too', async () => {
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/imports`)
      .type('text/csv')
      .send('address\nCid@example.com\n')
      .expect(200);
    await erase(server, scene, { email: 'cid@example.com' });
    await arrive(contactId(3), 'CID@example.com');
    expect(await statusOf(server, scene, 'CID@example.com')).toBe('withdrawn');
  });

  it('is found by a key of several columns, in whatever order they are told', async () => {
    scene = await projectByNumber(server, 'number', 'name');
    await createOptIn(server, scene);
    const key = { name: 'O\'Neil "?" $1', number: 1 };
    await addRows(server, scene, [{ ...key, email: 'a@example.com' }]);
    await changeConsent(server, scene, [{ contact: key, optIn: 'newsletter', status: 'withdrawn' }]);
    await erase(server, scene, { keys: [key] });
    await addRows(server, scene, [{ number: 1, name: key.name, email: 'new@example.com' }]);
    expect(await consentOf(server, scene, key)).toMatchObject({ consents: [{ status: 'withdrawn' }] });
  });

  it('costs a batch no statement where nobody of the project was erased', async () => {
    const statements = async (by: string): Promise<number> => {
      const upserts = [[contactId(5), later(), 'eve@example.com', 'Eve']];
      await postBatch(server, by, { upserts }).expect(200);
      const spy = vi.spyOn(pg.Client.prototype, 'query');
      await postBatch(server, by, { upserts: [[contactId(6), later(), 'fay@example.com', 'Fay']] }).expect(
        200,
      );
      const count = spy.mock.calls.length;
      spy.mockRestore();
      return count;
    };
    const before = await statements(token);
    await erase(server, scene, ANN);
    expect(await statements(token)).toBeGreaterThan(before);
    const other = await createScene(server);
    expect(await statements(await authorizedToken(server, other))).toBe(before);
  });
});
