import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resumeQueues, WriteQueue } from '../../../server/src/actions/write-queue.ts';
import { EventOrg, fault, lostAnswer, refusal } from '../support/event-org.ts';
import {
  createSource,
  eventsOf,
  identify,
  postEvent,
  turnOf,
  type TestSource,
} from '../support/event-stage.ts';
import { admin, createScene, startTestServer, type Scene, type TestServer } from '../support/test-server.ts';

/** What an org does when things go wrong, played by one in memory. */
describe('work on events', () => {
  let server: TestServer;
  let scene: Scene;
  let source: TestSource;
  let org: EventOrg;
  let turn: (stopping?: AbortSignal) => Promise<boolean>;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    source = await createSource(server, scene.connectionId);
    org = new EventOrg(scene.connectionId);
    turn = turnOf(server, org);
  });

  const post = (...batch: object[]) => postEvent(server, source, 'batch', { batch }).expect(200);
  const externalLead = (id?: string) => ({
    context: { externalId: [{ type: 'Salesforce-Lead', ...(id === undefined ? {} : { id }) }] },
  });
  const leads = () => [...org.records.values()].filter(({ Id }) => String(Id).startsWith('00Q'));
  /** Lets the time pass that the queue rests, and that its items wait. */
  const timePasses = () =>
    server.database.pool.query(
      `WITH q AS (UPDATE di.write_queue SET held_until = NULL WHERE id = $1)
       UPDATE di.write_item SET next_attempt_at = now() WHERE queue_id = $1 AND status = 'waiting'`,
      [source.id],
    );
  const held = async () =>
    (
      (await admin(server, 'get', `/v1/admin/sources/${source.id}`).expect(200)).body as {
        held: { until: string; reason: string } | null;
      }
    ).held;

  /** Of the lease that a queue is worked off under. */
  const minutesLeft = async (): Promise<number | undefined> => {
    const { rows } = await server.database.pool.query<{ minutes: number }>(
      'SELECT round(extract(epoch FROM leased_until - now()) / 60)::int AS minutes FROM di.write_queue ORDER BY served_at DESC NULLS LAST LIMIT 1',
    );
    return rows[0]?.minutes;
  };

  it.each([
    ['stop', 'INVALID_GRANT', 5],
    ['limit', 'REQUEST_LIMIT_EXCEEDED', 15],
    ['retry', 'SERVER_UNAVAILABLE', 0.5],
  ] as const)('rests after a fault that says %s, and spends no further call', async (kind, code, minutes) => {
    org.faults.push(fault(kind, code));
    await post(
      ...Array.from({ length: 450 }, (_none, n) => identify({ email: `rest${n}-${kind}@example.com` })),
    );
    await turn();
    expect(org.calls).toHaveLength(1);
    const rest = await held();
    expect(rest?.reason).toContain(code);
    const wait = Date.parse(rest?.until ?? '') - Date.now();
    expect(wait).toBeGreaterThan((minutes - 0.4) * 60_000);
    expect(wait).toBeLessThanOrEqual(minutes * 60_000);
    expect(await turn()).toBe(false);
    expect(new Set((await eventsOf(server, source)).map(({ status }) => status))).toEqual(
      new Set(['waiting']),
    );
    await timePasses();
    while (await turn()) continue;
    expect(leads()).toHaveLength(450);
    expect(await held()).toBeNull();
  });

  it('ends after the call at hand when the server stops, keeps what came of it, and leaves the queue to others', async () => {
    org.add('Lead', { Email: 'known@example.com', LastName: 'Known', Company: 'C' });
    await post(
      identify({ email: 'known@example.com', city: 'Paris' }),
      identify({ email: 'unknown@example.com' }),
    );
    const stopping = new AbortController();
    org.onWrite = () => {
      stopping.abort();
      return Promise.resolve();
    };
    await turn(stopping.signal);
    expect(org.calls.map(({ operation }) => operation)).toEqual(['update']);
    expect(await eventsOf(server, source)).toMatchObject([
      { status: 'delivered', attempts: 0 },
      { status: 'waiting', attempts: 0 },
    ]);
    const queue = server.database.knex('di.write_queue').where({ id: source.id });
    expect(await queue.first('lease', 'leased_until', 'held_until', 'failures')).toEqual({
      lease: null,
      leased_until: null,
      held_until: null,
      failures: 0,
    });
    await turn();
    expect(leads()).toHaveLength(2);
  });

  it('has its lease for three minutes more at any time', async () => {
    const seen: (number | undefined)[] = [];
    org.onWrite = async () => void seen.push(await minutesLeft());
    await post(identify({ email: 'lease@example.com' }));
    await turn();
    expect(seen).toEqual([3]);
  });

  it('counts an org that is away, or out of calls, against no event', async () => {
    await post(identify({ email: 'patient@example.com' }));
    for (const [kind, code] of [
      ['limit', 'REQUEST_LIMIT_EXCEEDED'],
      ['stop', 'INVALID_LOGIN'],
      ['retry', 'unreachable'],
    ] as const)
      for (let time = 0; time < 10; time++) {
        org.faults.push(fault(kind, code));
        await turn();
        await timePasses();
      }
    expect(await eventsOf(server, source)).toMatchObject([{ status: 'waiting', attempts: 0 }]);
    await turn();
    expect(await eventsOf(server, source)).toMatchObject([{ status: 'delivered' }]);
  });

  it('tries a record again whose row was locked, and gives it up after many attempts', async () => {
    const id = org.add('Lead', { Email: 'locked@example.com' });
    await post(identify({ email: 'locked@example.com', city: 'Ghent' }));
    org.faults.push(refusal('UNABLE_TO_LOCK_ROW'));
    await turn();
    expect(await eventsOf(server, source)).toMatchObject([
      { status: 'waiting', attempts: 1, outcomes: [{ code: 'UNABLE_TO_LOCK_ROW', ids: [id] }] },
    ]);
    expect(await held()).toBeNull();
    expect(await turn()).toBe(false);
    for (let time = 0; time < 14; time++) {
      org.faults.push(refusal('UNABLE_TO_LOCK_ROW'));
      await timePasses();
      await turn();
    }
    expect(await eventsOf(server, source)).toMatchObject([
      { status: 'failed', attempts: 15, outcomes: [{ status: 500, code: 'UNABLE_TO_LOCK_ROW' }] },
    ]);
    await admin(server, 'post', `/v1/admin/sources/${source.id}/events/retry`).send({}).expect(200);
    await turn();
    expect(await eventsOf(server, source)).toMatchObject([{ status: 'delivered' }]);
  });

  it('keeps the order of one person’s events while an older one waits', async () => {
    org.add('Lead', { Email: 'order@example.com' });
    org.faults.push(refusal('UNABLE_TO_LOCK_ROW'));
    await post(identify({ email: 'order@example.com', city: 'First' }));
    await turn();
    await post(
      identify({ email: 'ORDER@example.com', city: 'Second' }),
      identify({ email: 'other@example.com' }),
    );
    while (await turn()) continue;
    expect((await eventsOf(server, source)).map(({ status }) => status)).toEqual([
      'waiting',
      'waiting',
      'delivered',
    ]);
    await timePasses();
    while (await turn()) continue;
    expect(leads().find(({ Email }) => String(Email).toLowerCase() === 'order@example.com')).toMatchObject({
      City: 'Second',
    });
  });

  it('finds the one record that has a whole call refused, and writes its neighbours', async () => {
    const refuseBad = (call: { records: readonly object[] }, save: () => never[]): never[] =>
      JSON.stringify(call.records).includes('bad') ? fault('give-up', 'JSON_PARSER_ERROR')() : save();
    org.faults.push(...Array.from({ length: 20 }, () => refuseBad as never));
    await post(
      ...['a', 'b', 'bad', 'c', 'd', 'e', 'f'].map((name) => identify({ email: `${name}@example.com` })),
    );
    await turn();
    expect((await eventsOf(server, source)).map(({ outcomes }) => outcomes[0]?.code)).toEqual([
      'created',
      'created',
      'JSON_PARSER_ERROR',
      'created',
      'created',
      'created',
      'created',
    ]);
    expect(leads()).toHaveLength(6);
  });

  it('finds a lead again whose creation was not answered, rather than create it twice', async () => {
    org.faults.push(lostAnswer);
    await post(identify({ email: 'lost@example.com' }));
    await turn();
    await timePasses();
    await turn();
    expect(leads()).toHaveLength(1);
    expect(await eventsOf(server, source)).toMatchObject([
      { status: 'delivered', outcomes: [{ code: 'updated' }] },
    ]);
  });

  it('leaves to people what may have been created and cannot be found again', async () => {
    org.faults.push(lostAnswer);
    await post(identify({ email: 'unknown@example.com' }, externalLead()));
    await turn();
    await timePasses();
    await turn();
    expect(leads()).toHaveLength(1);
    expect(await eventsOf(server, source)).toMatchObject([
      { status: 'failed', outcomes: [{ status: 409, code: 'outcome-unknown' }] },
    ]);
  });

  it('of a copy that died after it sent is not sent again blindly', async () => {
    const queue = new WriteQueue(server.database.knex);
    await post(
      identify({ email: 'dead@example.com' }, externalLead()),
      identify({ email: 'dead2@example.com' }),
    );
    const claim = await queue.claim();
    if (!claim) throw new Error('Nothing to claim.');
    const items = await queue.items(claim, 10);
    await queue.keep(claim, [items[0]?.id ?? 0]);
    expect(await turn()).toBe(false);
    await server.database.pool.query(
      `UPDATE di.write_queue SET leased_until = now() - interval '1 second' WHERE id = $1`,
      [source.id],
    );
    await turn();
    expect((await eventsOf(server, source)).map(({ outcomes }) => outcomes[0]?.code)).toEqual([
      'outcome-unknown',
      'created',
    ]);
  });

  it('of a copy whose queue was taken over sends and settles nothing more', async () => {
    await post(identify({ email: 'slow@example.com' }));
    const takeOver = `UPDATE di.write_queue SET lease = gen_random_uuid() WHERE id = $1`;
    org.onWrite = async () => {
      await server.database.pool.query(takeOver, [source.id]);
    };
    await turn();
    expect(await eventsOf(server, source)).toMatchObject([{ status: 'waiting', outcomes: [] }]);
    org.onWrite = null;
    await server.database.pool.query(`UPDATE di.write_queue SET leased_until = NULL WHERE id = $1`, [
      source.id,
    ]);
    await turn();
    expect(leads()).toHaveLength(1);
    expect(await eventsOf(server, source)).toMatchObject([{ status: 'delivered' }]);
  });

  it('is believed by the org about who matches, where it compares texts otherwise than we do', async () => {
    org.compared = (text) => text.toLowerCase().replaceAll('ß', 'ss');
    const id = org.add('Lead', { Email: 'strasse@example.com', City: null });
    const others = Array.from({ length: 20 }, (_none, n) => identify({ email: `many${n}@example.com` }));
    await post(...others, identify({ email: 'straße@example.com', city: 'Ghent' }));
    await turn();
    expect(org.records.get(id)).toMatchObject({ City: 'Ghent' });
    expect(leads()).toHaveLength(21);
    // Asked in halves, not one by one.
    expect(org.queries).toBeLessThan(14);
  });

  it('takes two thousand of the same shape by the Bulk API, under a longer lease', async () => {
    const ids = Array.from({ length: 2500 }, (_none, n) =>
      org.add('Contact', { Email: `bulk${n}@example.com` }),
    );
    const created = await admin(server, 'post', '/v1/admin/actions')
      .send({
        connection: scene.connectionId,
        name: 'Bulk',
        object: 'Contact',
        operation: 'update',
        mapping: [
          { field: 'LastName', path: 'last' },
          { field: 'MailingCity', path: 'city' },
        ],
        matchers: [{ field: 'Id', path: 'id' }],
      })
      .expect(201);
    const { id: action } = created.body as { id: string };
    await server.database.pool.query(`UPDATE di.action SET status = 'active' WHERE id = $1`, [action]);
    await server.database.pool.query('UPDATE di.write_queue SET is_open = true WHERE id = $1', [action]);
    const items = ids.map((id, n) => (n < 2200 ? { id, last: 'Bulk' } : { id, last: 'Few', city: 'Ghent' }));
    for (const part of [items.slice(0, 1250), items.slice(1250)])
      await admin(server, 'post', `/v1/actions/${action}`).send({ items: part }).expect(202);
    // A job goes on when whoever sent it has died: its lease is as long as one usually takes.
    const leases: (number | undefined)[] = [];
    org.onWrite = async () => void leases.push(await minutesLeft());
    await turn();
    expect(leases).toEqual([15, 3, 3]);
    expect(org.calls.map(({ isBulk, records }) => [isBulk, records.length])).toEqual([
      [true, 2200],
      [false, 200],
      [false, 100],
    ]);
    expect(Object.keys(org.calls[0]?.records[0] ?? {}).sort()).toEqual(['Id', 'LastName']);
    const shown = await admin(server, 'get', `/v1/admin/actions/${action}`).expect(200);
    expect((shown.body as { counts: unknown }).counts).toEqual([
      { outcome: 'delivered', reason: '', count: 2500 },
    ]);
  });

  describe('that stand still', () => {
    let own: Scene;
    beforeEach(async () => {
      own = await createScene(server);
      source = await createSource(server, own.connectionId);
    });

    interface ShownIncident {
      readonly connection: string;
      readonly kind: string;
      readonly subject: string | null;
      readonly message: string;
      readonly closedAt: string | null;
    }
    const incidents = async (): Promise<ShownIncident[]> => {
      const answer = await admin(server, 'get', '/v1/admin/incidents').expect(200);
      return (answer.body as { incidents: ShownIncident[] }).incidents.filter(
        ({ connection }) => connection === own.connectionId,
      );
    };
    const open = async (): Promise<string[]> =>
      (await incidents()).filter(({ closedAt }) => closedAt === null).map(({ kind }) => kind);
    const goesOn = async (): Promise<void> => {
      await timePasses();
      await turn();
    };
    const one = (): Promise<unknown> => post(identify({ email: `still${Math.random()}@example.com` }));

    it.each([
      ['API_DISABLED_FOR_ORG', fault('stop', 'API_DISABLED_FOR_ORG'), 'authorization-lost'],
      ['STORAGE_LIMIT_EXCEEDED', refusal('STORAGE_LIMIT_EXCEEDED'), 'writes-stopped'],
    ] as const)('for %s are told of once, until they go on', async (code, trouble, told) => {
      org.faults.push(trouble, trouble);
      await one();
      await turn();
      expect(await open()).toEqual([told]);
      expect((await incidents())[0]?.message).toContain(code);
      await goesOn();
      expect(await open()).toEqual([told]);
      await goesOn();
      expect(await open()).toEqual([]);
    });

    it('for want of a right are told of by the source’s name, until a record is taken', async () => {
      org.faults.push(refusal('INSUFFICIENT_ACCESS_OR_READONLY'));
      await one();
      await turn();
      expect(await open()).toEqual(['permission-missing']);
      expect((await incidents())[0]).toMatchObject({ subject: 'Site' });
      await one();
      await turn();
      expect(await open()).toEqual([]);
    });

    it('for what passes by itself, or for one record, are told of to nobody', async () => {
      org.faults.push(fault('retry', 'SERVER_UNAVAILABLE'), refusal('FIELD_CUSTOM_VALIDATION_EXCEPTION'));
      await one();
      await turn();
      await goesOn();
      expect(await open()).toEqual([]);
    });

    it('go on at once when the connection is authorized anew', async () => {
      org.faults.push(fault('stop', 'INVALID_SESSION_ID'));
      await one();
      await turn();
      expect(await turn()).toBe(false);
      await resumeQueues(server.database.knex, own.connectionId);
      expect(await turn()).toBe(true);
      expect(await open()).toEqual([]);
    });
  });
});
