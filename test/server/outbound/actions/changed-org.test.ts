import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  activeAction,
  createSource,
  eventsOf,
  identify,
  postEvent,
  startEventStage,
  type EventStage,
  type ShownItem,
} from '../../support/event-stage.ts';
import { admin } from '../../support/test-server.ts';

/** An org that is no longer as it was described, and values that are not as its fields are. */
describe('writes to an org', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await startEventStage();
  });
  afterEach(() => deny([]));
  afterAll(() => stage.close());

  const deny = (denials: readonly object[]): Promise<unknown> =>
    fetch(`${stage.orgUrl}/local/denials`, { method: 'PUT', body: JSON.stringify({ denials }) });

  const activated = (definition: object): Promise<string> =>
    activeAction(stage, { object: 'Lead', ...definition });

  async function itemsOf(action: string): Promise<ShownItem[]> {
    const answer = await admin(stage.server, 'get', `/v1/admin/actions/${action}/items?limit=500`).expect(
      200,
    );
    return (answer.body as { items: ShownItem[] }).items.reverse();
  }

  const call = (action: string, items: readonly object[]) =>
    admin(stage.server, 'post', `/v1/actions/${action}`).send({ items }).expect(202);

  it('that lost a field are planned once more: a handful of calls, whoever has no value for it is written', async () => {
    const source = await createSource(stage.server, stage.scene.connectionId);
    const post = (count: number, traits: object): Promise<unknown> =>
      postEvent(stage.server, source, 'batch', {
        batch: Array.from({ length: count }, (_none, number) =>
          identify({ email: `${JSON.stringify(traits).length}-${number}@lost.example.com`, ...traits }),
        ),
      }).expect(200);
    await post(1, { score: 1, city: 'Known' });
    await stage.work();
    await deny([{ object: 'Lead', field: 'score__c', rights: ['Read', 'Edit'] }]);
    await post(300, { score: 2 });
    await post(5, { city: 'Ghent' });
    expect(await stage.work()).toBeLessThan(20);
    const codes = (await eventsOf(stage.server, source)).map(({ outcomes }) => outcomes[0]?.code);
    expect(codes.filter((code) => code === 'unknown-field')).toHaveLength(300);
    expect(codes.filter((code) => code === 'created')).toHaveLength(6);
  });

  it('of an action whose field is gone wait, and are written when it is back', async () => {
    const action = await activated({
      operation: 'create',
      mapping: ['LastName', 'Company', 'score__c'].map((field) => ({ field, path: field })),
    });
    const item = { LastName: 'Waits', Company: 'C', score__c: 7 };
    await deny([{ object: 'Lead', field: 'score__c', rights: ['Read', 'Edit'] }]);
    await call(action, [item, item]);
    await stage.work();
    expect((await itemsOf(action)).map(({ status }) => status)).toEqual(['waiting', 'waiting']);
    const shown = await admin(stage.server, 'get', `/v1/admin/actions/${action}`).expect(200);
    expect(shown.body).toMatchObject({
      held: { reason: expect.stringMatching(/no field score__c/) as string },
    });
    await deny([]);
    await stage.server.database.pool.query('UPDATE di.write_queue SET held_until = NULL WHERE id = $1', [
      action,
    ]);
    await stage.work();
    expect((await itemsOf(action)).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  });

  it('have what a record is looked for by in the shape of its field', async () => {
    const action = await activated({
      operation: 'upsert',
      mapping: ['LastName', 'Company'].map((field) => ({ field, path: field })),
      matchers: [{ field: 'External__c', path: 'ext' }],
    });
    const items = Array.from({ length: 200 }, (_none, number) => ({
      LastName: 'Matched',
      Company: 'C',
      ext: 7000 + number,
    }));
    await call(action, items);
    expect(await stage.work()).toBeLessThan(12);
    expect(new Set((await itemsOf(action)).map(({ outcomes }) => outcomes[0]?.code))).toEqual(
      new Set(['created']),
    );
    expect(await stage.query("SELECT External__c FROM Lead WHERE External__c = '7042'")).toHaveLength(1);
    await call(action, items.slice(0, 1));
    await stage.work();
    expect((await itemsOf(action)).at(-1)?.outcomes[0]?.code).toBe('updated');
  });

  it('with nothing to be written say so, and cost no call', async () => {
    const action = await activated({
      operation: 'update',
      mapping: [{ field: 'LastName', path: 'last' }],
      matchers: [{ field: 'Id', path: 'id' }],
    });
    const id = await stage.salesforce.create('Lead', { LastName: 'Stays', Company: 'C' });
    await call(action, [{ id, last: 'First' }]);
    await stage.work();
    await call(action, [{ id }]);
    // The look at the org's own count is one.
    expect(await stage.work()).toBeLessThanOrEqual(1);
    expect((await itemsOf(action)).at(-1)).toMatchObject({
      status: 'delivered',
      outcomes: [{ status: 200, code: 'nothing-to-write', ids: [id] }],
    });
  });

  it('with an id that is a number are refused, and create nobody', async () => {
    const source = await createSource(stage.server, stage.scene.connectionId);
    const numbered = { context: { externalId: [{ type: 'Salesforce-Lead', id: 12345 }] } };
    await postEvent(stage.server, source, 'identify', identify({ LastName: 'Numbered' }, numbered)).expect(
      200,
    );
    await stage.work();
    expect(await eventsOf(stage.server, source)).toMatchObject([
      {
        status: 'failed',
        outcomes: [{ code: 'invalid-id', message: expect.stringContaining('12345') as string }],
      },
    ]);
    expect(await stage.query("SELECT Id FROM Lead WHERE LastName = 'Numbered'")).toEqual([]);
  });
});
