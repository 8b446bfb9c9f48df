import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn, statusOf } from '../../support/consent.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../../support/test-server.ts';

const FIELDS = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Active__c'];

/** `Active__c` stands for HasOptedOutOfEmail: a checkbox that the transfer maps. */
describe('a record that is known', () => {
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
    await createOptIn(server, scene);
    await admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/consent`)
      .send({ consent: [{ salesforceField: 'Active__c', optIn: null, withdrawsWhen: true }] })
      .expect(200);
  });

  const send = async (...upserts: unknown[][]): Promise<Record<string, unknown>> => {
    const answer = await postBatch(server, token, { fields: FIELDS, upserts }).expect(200);
    return answer.body as Record<string, unknown>;
  };
  const record = (number: number, seconds: number, email: string | null, name = 'Name', isOut = false) => [
    contactId(number),
    moment(seconds),
    email,
    name,
    isOut,
  ];
  const grant = async (...emails: string[]): Promise<void> => {
    await changeConsent(
      server,
      scene,
      emails.map((email) => ({
        contact: { email },
        optIn: 'newsletter',
        status: 'granted',
        occurredAt: moment(-100),
      })),
    );
  };
  const status = (email: string) => statusOf(server, scene, email);
  const health = async (): Promise<Record<string, unknown> | undefined> => {
    const answer = await admin(server, 'get', '/v1/admin/health').expect(200);
    const { connections } = answer.body as { connections: Record<string, unknown>[] };
    return connections.find(({ id }) => id === scene.connectionId);
  };
  const outdated = async (number: number): Promise<unknown> => {
    const answer = await admin(
      server,
      'get',
      `/v1/admin/projects/${scene.project}/tables/Contact/records/${contactId(number)}`,
    ).expect(200);
    return (answer.body as { outdated: unknown }).outdated;
  };
  const TOO_LONG = 'x'.repeat(21);

  it('and loses its key leaves as an archived one does, and what it says of consent counts', async () => {
    await send(record(1, 0, 'a@example.com'), record(2, 0, 'b@example.com'));
    await grant('a@example.com', 'b@example.com');
    expect(await send(record(1, 5, null, 'Name', true), record(2, 5, null))).toMatchObject({
      ...{ applied: 0, archived: 2, leftOut: 0, rejected: [] },
    });
    expect(await rowsOf(server, scene)).toMatchObject([
      { email: 'a@example.com', _archived_at: moment(5) },
      { email: 'b@example.com', _archived_at: moment(5) },
    ]);
    expect([await status('a@example.com'), await status('b@example.com')]).toEqual(['withdrawn', 'granted']);
    // Sent again as it is, it is left out like any other without a key.
    expect(await send(record(1, 5, null))).toMatchObject({ archived: 0, leftOut: 1 });
    expect(await send(record(1, 9, 'new@example.com'))).toMatchObject({ applied: 1, leftOut: 0 });
  });

  it('stays as it is where an older version without a key comes late', async () => {
    await send(record(1, 5, 'a@example.com'));
    expect(await send(record(1, 1, null))).toMatchObject({ archived: 0 });
    expect(await rowsOf(server, scene)).toMatchObject([{ email: 'a@example.com', _archived_at: null }]);
  });

  it('unlike one that never had a key: that one is left out, and counted once', async () => {
    await send(record(1, 0, null), record(2, 0, ''), record(3, 0, 'c@example.com'));
    expect(await send(record(1, 5, null), record(2, 5, null))).toMatchObject({ leftOut: 2, rejected: [] });
    expect(await health()).toMatchObject({ leftOut: 2, rejected: 0 });
    const transfers = async (): Promise<unknown> =>
      (await admin(server, 'get', `/v1/admin/transfers/${scene.transferId}`).expect(200)).body;
    expect(await transfers()).toMatchObject({ leftOut: 2 });
    await send(record(1, 9, 'a@example.com'));
    expect(await transfers()).toMatchObject({ leftOut: 1 });
    await postBatch(server, token, { deletes: [{ id: contactId(2), at: moment(10), key: {} }] }).expect(200);
    expect(await transfers()).toMatchObject({ leftOut: 0 });
  });

  it('and is refused in a newer version is marked as outdated until it is taken', async () => {
    await send(record(1, 0, 'a@example.com'));
    expect(await outdated(1)).toBeNull();
    await send(record(1, 5, 'a@example.com', TOO_LONG), record(2, 5, 'b@example.com', TOO_LONG));
    expect(await outdated(1)).toMatchObject({ code: 'too-long', field: 'LastName' });
    expect(await health()).toMatchObject({ outdated: 1, rejected: 2 });
    await send(record(1, 9, 'a@example.com', 'Short'));
    expect(await outdated(1)).toBeNull();
    expect(await health()).toMatchObject({ outdated: 0, rejected: 1 });
  });

  it('is no older for a version that comes late and would be refused', async () => {
    await send(record(1, 5, 'a@example.com'));
    expect(await send(record(1, 1, 'a@example.com', TOO_LONG))).toMatchObject({ stale: 1, rejected: [] });
    expect(await outdated(1)).toBeNull();
  });

  it('and says no in a version that is refused has said no, under the key that it had too', async () => {
    await send(record(1, 0, 'a@example.com'), record(2, 0, 'b@example.com'), record(3, 0, 'c@example.com'));
    await grant('a@example.com', 'b@example.com', 'c@example.com');
    await send(
      record(1, 5, 'a@example.com', TOO_LONG, true),
      record(2, 5, 'b2@example.com', TOO_LONG, true),
      record(3, 5, 'no address', 'Name', true),
    );
    expect(await rowsOf(server, scene)).toHaveLength(3);
    for (const email of ['a@example.com', 'b@example.com', 'b2@example.com', 'c@example.com'])
      expect([email, await status(email)]).toEqual([email, 'withdrawn']);
  });

  it('and is a rival that says no has said no for the row', async () => {
    await send(record(1, 9, 'a@example.com'));
    await grant('a@example.com');
    await send(record(2, 1, 'a@example.com', 'Other', true));
    expect(await status('a@example.com')).toBe('withdrawn');
    // Where the one that said no goes, no is what the other one hears.
    await postBatch(server, token, {
      deletes: [{ id: contactId(2), at: moment(20), key: { Email: 'a@example.com' } }],
    }).expect(200);
    await send(record(1, 30, 'a@example.com'));
    expect(await status('a@example.com')).toBe('withdrawn');
  });

  it('and was a rival takes the no of its row along to another key', async () => {
    await send(record(1, 9, 'a@example.com'), record(2, 1, 'a@example.com'));
    await changeConsent(server, scene, [
      { contact: { email: 'a@example.com' }, optIn: 'newsletter', status: 'withdrawn' },
    ]);
    await send(record(2, 15, 'b@example.com'));
    expect([await status('a@example.com'), await status('b@example.com')]).toEqual([
      'withdrawn',
      'withdrawn',
    ]);
  });
});
