import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  activeAction,
  createSource,
  draftAction,
  identify,
  postEvent,
  startEventStage,
  type EventStage,
  type ShownItem,
} from '../../support/event-stage.ts';
import { admin } from '../../support/test-server.ts';

const EMAIL_MATCHER = { field: 'Email', path: 'email' };

/** Actions called over HTTP, worked off into the local org over HTTP. */
describe('an action', () => {
  let stage: EventStage;
  beforeAll(async () => {
    stage = await startEventStage();
  });
  afterAll(() => stage.close());

  const create = (definition: object): Promise<string> => draftAction(stage, definition);

  const activated = (definition: object): Promise<string> => activeAction(stage, definition);

  const call = (action: string, items: readonly object[], key?: string) =>
    admin(stage.server, 'post', `/v1/actions/${action}`)
      .set(key === undefined ? {} : { 'Idempotency-Key': key })
      .send({ items });

  async function itemsOf(action: string, query = ''): Promise<ShownItem[]> {
    const answer = await admin(
      stage.server,
      'get',
      `/v1/admin/actions/${action}/items?limit=500${query}`,
    ).expect(200);
    return (answer.body as { items: ShownItem[] }).items.reverse();
  }

  /** Has an action done for items, and answers what became of them. */
  async function done(action: string, ...items: object[]): Promise<ShownItem[]> {
    const answer = await call(action, items).expect(202);
    const { ids } = answer.body as { ids: number[] };
    await stage.work();
    return (await itemsOf(action)).filter(({ id }) => ids.includes(id));
  }

  const contacts = (email: string) =>
    stage.query(`SELECT Id, LastName, FirstName, Phone, External__c FROM Contact WHERE Email = '${email}'`);
  let people = 0;
  const newEmail = (): string => `contact${people++}@example.com`;
  const mapping = [
    { field: 'Email', path: 'email' },
    { field: 'LastName', path: 'person.names.last' },
    { field: 'FirstName', path: 'person.names.first' },
    { field: 'Phone', constant: '555' },
  ];
  const upsert = { object: 'Contact', operation: 'upsert', mapping, matchers: [EMAIL_MATCHER] };
  const person = (email: string, last?: string, first?: string) => ({
    email,
    person: { names: { last, first } },
  });

  it('creates a record of each item', async () => {
    const action = await activated({ object: 'Contact', operation: 'create', mapping });
    const email = newEmail();
    expect(await done(action, person(email, 'Bea', 'Ann'), person(email, 'Bea'))).toMatchObject([
      { status: 'delivered', outcomes: [{ status: 201, code: 'created' }] },
      { status: 'delivered', outcomes: [{ status: 201, code: 'created' }] },
    ]);
    expect(await contacts(email)).toHaveLength(2);
  });

  it('upserts: creates where none matches, updates where one does, and leaves alone what an item does not have', async () => {
    const action = await activated(upsert);
    const email = newEmail();
    expect(await done(action, person(email, 'Bea', 'Ann'))).toMatchObject([
      { outcomes: [{ code: 'created' }] },
    ]);
    expect(await done(action, person(email, 'Bee'))).toMatchObject([
      { outcomes: [{ status: 200, code: 'updated' }] },
    ]);
    expect(await contacts(email)).toMatchObject([{ LastName: 'Bee', FirstName: 'Ann', Phone: '555' }]);
    await done(action, { email, person: { names: { last: 'Bee', first: null } } });
    expect(await contacts(email)).toMatchObject([{ LastName: 'Bee', FirstName: null }]);
  });

  it('makes one record of several items for the same one', async () => {
    const action = await activated(upsert);
    const email = newEmail();
    await done(action, person(email, 'Bea', 'Ann'), person(email.toUpperCase(), 'Bee'), person(email, 'Boo'));
    expect(await contacts(email)).toMatchObject([{ LastName: 'Boo', FirstName: 'Ann' }]);
  });

  it('has items that may be one record by different matchers take turns', async () => {
    const matchers = [EMAIL_MATCHER, { field: 'External__c', path: 'ext' }];
    const action = await activated({ ...upsert, matchers });
    const email = newEmail();
    const items = await done(
      action,
      { ...person(email, 'First'), ext: 'E-1' },
      { ...person(newEmail(), 'Second'), ext: 'E-1' },
    );
    expect(items.map(({ outcomes }) => outcomes[0]?.code)).toEqual(['created', 'updated']);
    expect(await stage.query(`SELECT LastName FROM Contact WHERE External__c = 'E-1'`)).toMatchObject([
      { LastName: 'Second' },
    ]);
  });

  it.each(['update', 'delete'])(
    'that finds nothing to %s says so, and creates nothing',
    async (operation) => {
      const action = await activated({
        object: 'Contact',
        operation,
        mapping: operation === 'delete' ? [] : mapping,
        matchers: [EMAIL_MATCHER],
      });
      const email = newEmail();
      expect(await done(action, person(email, 'Bea'))).toMatchObject([
        { status: 'failed', outcomes: [{ status: 404, code: 'no-match' }] },
      ]);
      expect(await contacts(email)).toEqual([]);
    },
  );

  it('deletes the record that matches', async () => {
    const action = await activated({
      object: 'Contact',
      operation: 'delete',
      mapping: [],
      matchers: [EMAIL_MATCHER],
    });
    const email = newEmail();
    await stage.salesforce.create('Contact', { Email: email, LastName: 'Gone' });
    expect(await done(action, { email }, { email })).toMatchObject([
      { outcomes: [{ status: 200, code: 'deleted' }] },
      { outcomes: [{ status: 200, code: 'deleted' }] },
    ]);
    expect(await contacts(email)).toEqual([]);
  });

  it.each(['OR', 'AND'])(
    'that finds several by %s changes none, says 300 and is not tried again',
    async (matcherOperator) => {
      const action = await activated({ ...upsert, matcherOperator });
      const email = newEmail();
      const ids = await stage.salesforce.createAll('Contact', [
        { Email: email, LastName: 'One' },
        { Email: email, LastName: 'Two' },
      ]);
      const [item] = await done(action, person(email, 'Changed'));
      expect(item).toMatchObject({
        status: 'failed',
        attempts: 0,
        outcomes: [{ status: 300, code: 'several-matches' }],
      });
      expect([...(item?.outcomes[0]?.ids ?? [])].sort()).toEqual([...ids].sort());
      expect((await contacts(email)).map(({ LastName }) => LastName).sort()).toEqual(['One', 'Two']);
      expect(await stage.work()).toBe(0);
    },
  );

  it('matches by any matcher under OR, by all of them under AND', async () => {
    const [one, two] = [newEmail(), newEmail()];
    await stage.salesforce.createAll('Contact', [
      { Email: one, LastName: 'Same', External__c: 'X-1' },
      { Email: two, LastName: 'Same', External__c: 'X-2' },
    ]);
    const matchers = [EMAIL_MATCHER, { field: 'External__c', path: 'ext' }];
    const update = {
      object: 'Contact',
      operation: 'update',
      mapping: [{ field: 'Phone', path: 'phone' }],
      matchers,
    };
    const or = await activated(update);
    const and = await activated({ ...update, matcherOperator: 'AND' });
    expect(await done(or, { email: one, ext: 'X-2', phone: '1' })).toMatchObject([
      { outcomes: [{ status: 300 }] },
    ]);
    expect(await done(and, { email: one, ext: 'X-2', phone: '1' })).toMatchObject([
      { outcomes: [{ status: 404 }] },
    ]);
    expect(await done(and, { email: one, ext: 'x-1', phone: '2' })).toMatchObject([
      { outcomes: [{ code: 'updated' }] },
    ]);
    expect(await done(or, { ext: 'X-2', phone: '3' })).toMatchObject([{ outcomes: [{ code: 'updated' }] }]);
    expect(await contacts(one)).toMatchObject([{ Phone: '2' }]);
    expect(await contacts(two)).toMatchObject([{ Phone: '3' }]);
  });

  it.each([
    ['OR', {}, 'matcher-without-value'],
    ['OR', { email: null }, 'matcher-without-value'],
    ['OR', { email: '' }, 'matcher-without-value'],
    ['OR', { email: '   ' }, 'matcher-without-value'],
    ['OR', { email: '\u200b' }, 'matcher-without-value'],
    ['OR', { email: 'mailto:' }, 'matcher-without-value'],
    ['AND', { email: ' ', ext: 'X-1' }, 'matcher-without-value'],
    ['OR', { email: { a: 1 } }, 'invalid-matcher'],
    ['OR', { email: ['a'] }, 'invalid-matcher'],
    ['AND', { email: 'a@example.com' }, 'matcher-without-value'],
  ])('matched by %s with %j is refused, and touches nothing', async (matcherOperator, item, code) => {
    const matchers = [
      EMAIL_MATCHER,
      ...(matcherOperator === 'AND' ? [{ field: 'External__c', path: 'ext' }] : []),
    ];
    const action = await activated({
      object: 'Contact',
      operation: 'delete',
      mapping: [],
      matchers,
      matcherOperator,
    });
    const before = await stage.query('SELECT Id FROM Contact');
    expect(await done(action, item)).toMatchObject([{ status: 'failed', outcomes: [{ status: 400, code }] }]);
    expect(await stage.query('SELECT Id FROM Contact')).toHaveLength(before.length);
  });

  it('cannot be made to match what was not meant by any text', async () => {
    const action = await activated({
      object: 'Contact',
      operation: 'delete',
      mapping: [],
      matchers: [{ field: 'LastName', path: 'name' }],
    });
    const names = [
      `' OR Id != null OR LastName = '`,
      `\\' OR Id != null --`,
      `a\\\\' OR ''='`,
      'line\nbreak',
      '%',
      '_ünï😀',
    ];
    await stage.salesforce.create('Contact', { LastName: 'Bystander' });
    const before = await stage.query('SELECT Id FROM Contact');
    const items = await done(action, ...names.map((name) => ({ name })));
    expect(items.map(({ outcomes }) => outcomes[0]?.code)).toEqual(names.map(() => 'no-match'));
    expect(await stage.query('SELECT Id FROM Contact')).toHaveLength(before.length);
    await stage.salesforce.createAll(
      'Contact',
      names.slice(0, 3).map((LastName) => ({ LastName })),
    );
    expect(
      (await done(action, ...names.slice(0, 3).map((name) => ({ name })))).map(
        ({ outcomes }) => outcomes[0]?.code,
      ),
    ).toEqual(['deleted', 'deleted', 'deleted']);
  });

  it('that knows the record’s id asks for no search', async () => {
    const id = await stage.salesforce.create('Contact', { LastName: 'Known' });
    const byId = { matchers: [{ field: 'Id', path: 'id' }], object: 'Contact' };
    const update = await activated({
      ...byId,
      operation: 'update',
      mapping: [{ field: 'Phone', path: 'phone' }],
    });
    await call(update, [{ id, phone: '1' }]).expect(202);
    // The first call describes the object, the second writes.
    expect(await stage.work()).toBeLessThanOrEqual(2);
    await call(update, [{ id, phone: '2' }]).expect(202);
    expect(await stage.work()).toBe(1);
    expect(await stage.query(`SELECT Phone FROM Contact WHERE Id = '${id}'`)).toMatchObject([{ Phone: '2' }]);
    expect(
      await done(update, { id: 'nonsense', phone: '3' }, { id: '003000000000999AAA', phone: '3' }),
    ).toMatchObject([
      { outcomes: [{ status: 400, code: 'invalid-id' }] },
      { outcomes: [{ status: 404, code: 'no-match' }] },
    ]);
  });

  it('of a hundred items costs a handful of API calls', async () => {
    const action = await activated(upsert);
    const emails = Array.from({ length: 100 }, newEmail);
    await call(
      action,
      emails.map((email) => person(email, 'Many')),
    ).expect(202);
    expect(await stage.work()).toBeLessThanOrEqual(4);
    expect((await itemsOf(action, '&status=delivered')).length).toBe(100);
  });

  it('is done once for an Idempotency-Key, and refuses other items under it', async () => {
    const action = await activated({ object: 'Contact', operation: 'create', mapping });
    const email = newEmail();
    const first = await call(action, [person(email, 'Once')], 'key-1').expect(202);
    const again = await call(action, [person(email, 'Once')], 'key-1').expect(202);
    expect(again.body).toEqual({ ...(first.body as object), accepted: 0, duplicates: 1 });
    const other = await call(action, [person(email, 'Other')], 'key-1').expect(409);
    expect(other.body).toMatchObject({ code: 'idempotency-conflict' });
    await stage.work();
    expect(await contacts(email)).toHaveLength(1);
  });

  it('is done for an event that it is bound to, and not for others', async () => {
    const source = await createSource(stage.server, stage.scene.connectionId);
    await activated({
      object: 'Order_Line__c',
      operation: 'create',
      mapping: [
        { field: 'Code__c', path: 'properties.sku' },
        { field: 'Amount__c', path: 'properties.price' },
      ],
      trigger: { on: 'event', type: 'track', event: 'Order Completed', source: source.id },
    });
    const track = (event: string, sku: string) => ({
      type: 'track',
      userId: 'u',
      event,
      messageId: sku,
      properties: { sku, price: '9.90' },
    });
    const answer = await postEvent(stage.server, source, 'batch', {
      batch: [track('Order Completed', 'A'), track('Page Seen', 'B'), track('Order Completed', 'A')],
    }).expect(200);
    expect(answer.body).toEqual({ accepted: 1, ignored: 1, duplicates: 1, refused: [] });
    await postEvent(stage.server, source, 'track', track('Order Completed', 'A')).expect(200);
    const other = await createSource(stage.server, stage.scene.connectionId);
    await postEvent(stage.server, other, 'track', track('Order Completed', 'C')).expect(200);
    await stage.work();
    expect(await stage.query('SELECT Code__c, Amount__c FROM Order_Line__c')).toMatchObject([
      { Code__c: 'A', Amount__c: 9.9 },
    ]);
  });

  it('bound to identify calls is done for those that are not for Salesforce, too', async () => {
    const source = await createSource(stage.server, stage.scene.connectionId);
    await activated({
      ...upsert,
      matchers: [{ field: 'Email', path: 'traits.email' }],
      mapping: [{ field: 'LastName', path: 'traits.last' }],
      trigger: { on: 'event', type: 'identify', source: source.id },
    });
    const email = newEmail();
    await postEvent(
      stage.server,
      source,
      'identify',
      identify({ email, last: 'Bound' }, { integrations: {} }),
    ).expect(200);
    await stage.work();
    expect(await contacts(email)).toMatchObject([{ LastName: 'Bound' }]);
    expect(await stage.query(`SELECT Id FROM Lead WHERE Email = '${email}'`)).toEqual([]);
  });

  it('bound to an occasion is queued by whoever knows of it, in SQL, once', async () => {
    const action = await activated({
      ...upsert,
      mapping: [{ field: 'HasOptedOutOfEmail', constant: true }],
      operation: 'update',
      trigger: { on: 'opt-out' },
    });
    const email = newEmail();
    await stage.salesforce.create('Contact', { Email: email, LastName: 'Out' });
    const { knex } = stage.server.database;
    const queue = async (project: string): Promise<number> => {
      const { rows } = await knex.raw<{ rows: { count: number }[] }>(
        `SELECT di.queue_actions(id, 'opt-out', ARRAY['consent-1'], ARRAY[?], ARRAY[?::jsonb]) AS count
         FROM di.project WHERE code = ?`,
        [email, JSON.stringify({ email }), project],
      );
      return rows[0]?.count ?? 0;
    };
    expect(await queue(stage.scene.project)).toBe(1);
    expect(await queue(stage.scene.project)).toBe(0);
    await stage.work();
    expect(await itemsOf(action)).toMatchObject([{ status: 'delivered' }]);
    expect(
      await stage.query(`SELECT HasOptedOutOfEmail FROM Contact WHERE Email = '${email}'`),
    ).toMatchObject([{ HasOptedOutOfEmail: true }]);
  });

  it('that failed is tried again when asked to', async () => {
    const action = await activated({
      object: 'Contact',
      operation: 'update',
      mapping: [{ field: 'Phone', path: 'phone' }],
      matchers: [EMAIL_MATCHER],
    });
    const email = newEmail();
    await done(action, { email, phone: '1' });
    await stage.salesforce.create('Contact', { Email: email, LastName: 'Late' });
    const retry = (body: object) =>
      admin(stage.server, 'post', `/v1/admin/actions/${action}/items/retry`).send(body);
    expect((await retry({ code: 'other' }).expect(200)).body).toEqual({ retried: 0 });
    expect((await retry({ code: 'no-match' }).expect(200)).body).toEqual({ retried: 1 });
    await stage.work();
    expect(await itemsOf(action)).toMatchObject([{ status: 'delivered' }]);
    expect(await contacts(email)).toMatchObject([{ Phone: '1' }]);
  });

  it('is checked against the org before it is put to work', async () => {
    const id = await create({
      object: 'Order_Line__c',
      operation: 'upsert',
      mapping: [
        { field: 'Amount__c', path: 'a' },
        { field: 'CreatedDate', path: 'b' },
        { field: 'Missing__c', path: 'c' },
      ],
      matchers: [
        { field: 'Note__c', path: 'n' },
        { field: 'Nowhere__c', path: 'n' },
      ],
    });
    const answer = await admin(stage.server, 'post', `/v1/admin/actions/${id}/activate`).expect(422);
    const { faults } = answer.body as { faults: { code: string; field: string }[] };
    expect(faults.map(({ code, field }) => `${code} ${field}`)).toEqual([
      'matcher-not-filterable Note__c',
      'unknown-field Nowhere__c',
      'not-writable CreatedDate',
      'unknown-field Missing__c',
      'required-field-missing Code__c',
    ]);
    await call(id, [{}]).expect(422);
    const unknown = await create({ object: 'Nothing__c', operation: 'create', mapping });
    const refused = await admin(stage.server, 'post', `/v1/admin/actions/${unknown}/activate`).expect(422);
    expect(refused.body).toMatchObject({ code: 'unknown-object' });
  });

  it.each([
    [{ operation: 'update', mapping }, 'matchers-missing'],
    [{ operation: 'create', mapping, matchers: [EMAIL_MATCHER] }, 'matchers-not-used'],
    [{ operation: 'delete', mapping, matchers: [EMAIL_MATCHER] }, 'mapping-not-used'],
    [{ operation: 'create', mapping: [] }, 'mapping-missing'],
    [{ operation: 'create', mapping: [...mapping, { field: 'email', path: 'x' }] }, 'field-twice'],
    [{ operation: 'create', mapping: [{ field: 'Id', path: 'x' }] }, 'id-mapped'],
    [{ operation: 'update', mapping, matchers: [{ field: 'Email', constant: '' }] }, 'matcher-without-value'],
  ])('of %j is refused', async (definition, code) => {
    const answer = await admin(stage.server, 'post', '/v1/admin/actions')
      .send({ connection: stage.scene.connectionId, name: 'Bad', object: 'Contact', ...definition })
      .expect(422);
    expect(answer.body).toMatchObject({ code });
  });

  it('takes what its contract says and no more', async () => {
    const bad = (body: object) =>
      admin(stage.server, 'post', '/v1/admin/actions')
        .send({
          connection: stage.scene.connectionId,
          name: 'Bad',
          object: 'Contact',
          operation: 'create',
          mapping,
          ...body,
        })
        .expect(400);
    await bad({ operation: 'merge' });
    await bad({ matcherOperator: 'XOR' });
    await bad({ object: "Contact WHERE Name = '" });
    await bad({ mapping: [{ field: 'Last Name', path: 'x' }] });
    await bad({ mapping: [{ field: 'LastName', path: 'x', constant: 'y' }] });
    const action = await activated({ object: 'Contact', operation: 'create', mapping });
    await call(action, []).expect(400);
    await call(
      action,
      Array.from({ length: 2001 }, () => ({})),
    ).expect(400);
    await call(action, [{ text: 'a\u0000b' }]).expect(400);
    await call(action, [{}], 'with space').expect(400);
    expect(await itemsOf(action)).toEqual([]);
    await call(action, [{ constructor: {}, __proto__: { email: 'x' } }]).expect(202);
  });

  it('is changed when paused only, and takes nothing then; what waits goes on waiting', async () => {
    const definition = { object: 'Contact', operation: 'create', mapping };
    const action = await activated(definition);
    await admin(stage.server, 'put', `/v1/admin/actions/${action}`)
      .send({ name: 'New', ...definition })
      .expect(409);
    await call(action, [person(newEmail(), 'Waits')]).expect(202);
    await admin(stage.server, 'post', `/v1/admin/actions/${action}/pause`).expect(204);
    await stage.work();
    expect(await itemsOf(action)).toMatchObject([{ status: 'waiting' }]);
    await call(action, [{}]).expect(422);
    await admin(stage.server, 'put', `/v1/admin/actions/${action}`)
      .send({ name: 'New', ...definition })
      .expect(204);
    await admin(stage.server, 'post', `/v1/admin/actions/${action}/activate`).expect(204);
    await stage.work();
    expect(await itemsOf(action)).toMatchObject([{ status: 'delivered' }]);
    await admin(stage.server, 'delete', `/v1/admin/actions/${action}`).expect(204);
    await admin(stage.server, 'get', `/v1/admin/actions/${action}`).expect(404);
  });
});
