import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { atDoor } from '../../support/org-door.ts';
import { producersOf, type TestProducer, type Wanted } from '../support/producers.ts';
import {
  authorizeByPassword,
  changeSettings,
  clearFaults,
  orderFault,
  startStage,
  type SalesforceStage,
} from '../support/salesforce.ts';
import { admin, createScene, type Scene } from '../support/test-server.ts';
import type { Salesforce } from '../../../scripts/demo/salesforce.ts';

const PRODUCERS = ['a delivery', 'an action', 'an event', 'an import'] as const;
const LOCK =
  'rollups_ContactTrigger: execution of AfterUpdate caused by: System.DmlException: first error: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record: []';
const WRAPPER = 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY';

/** Refusals of one record of two, and what every producer makes of them. */
const WAITS = [
  ['UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record'],
  [WRAPPER, LOCK],
  ['CANNOT_EXECUTE_FLOW_TRIGGER', 'The flow failed. UNABLE_TO_LOCK_ROW: unable to obtain exclusive access'],
  [WRAPPER, 'T: System.LimitException: Too many SOQL queries: 101'],
  ['REQUEST_RUNNING_TOO_LONG', 'Your request was running for too long'],
  ['TOO_MANY_APEX_REQUESTS', 'too many'],
] as const;
const FAILS = [
  ['STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded', /Free|free some/],
  ['INVALID_FIELD_FOR_INSERT_UPDATE', 'bad field names on insert/update call: AccountId', /person account/],
  ['INVALID_FIELD', 'Failed to deserialize field at col 3', /see its message/],
  [WRAPPER, 'T: System.NullPointerException', /trigger of the org failed/],
  ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Phone must have 10 digits', /validation rule/],
  ['FIELD_FILTER_VALIDATION_EXCEPTION', 'Value does not match filter criteria.', /filter criteria/],
  ['STRING_TOO_LONG', 'Title: data value too large', /shorten it/],
  ['INVALID_EMAIL_ADDRESS', 'Email: invalid email address: x@y', /correct it/],
  ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'bad value: Warm', /picklist does not have/],
  ['REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', /fill it in/],
  ['DUPLICATES_DETECTED', 'Use one of these records?', /duplicate rule/],
  ['TXN_SECURITY_NO_ACCESS', 'blocked by your transaction security policy', /security policy/],
  ['INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', /share it/],
  ['ENTITY_IS_LOCKED', 'entity is locked for editing', /approval/],
  ['CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', /converted/],
  ['APEX_DATA_ACCESS_RESTRICTION', 'Unknown to everybody', /Unknown to everybody/],
  ['LIMIT_EXCEEDED', 'You have exceeded the limit', /exceeded the limit/],
] as const;
/** An action or event says of an id that leads nowhere that nothing matches. */
const GONE = [
  ['ENTITY_IS_DELETED', 'entity is deleted'],
  ['INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id'],
  ['INVALID_ID_FIELD', 'invalid record id'],
  ['NOT_FOUND', 'The requested resource does not exist'],
] as const;

describe.each(PRODUCERS)('a record of %s', (name) => {
  let stage: SalesforceStage;
  let salesforce: Salesforce;
  let scene: Scene;
  let producer: TestProducer;
  let people = 0;
  beforeAll(async () => {
    stage = await startStage({}, ['test/server/support/event-org']);
    salesforce = await stage.org.connect();
    scene = await createScene(stage.server);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    const producers = await producersOf(stage, scene);
    const found = producers.find((each) => each.name === name);
    if (!found) throw new Error(`There is no producer ${name}.`);
    producer = found;
  });
  afterEach(async () => {
    await clearFaults(stage.org.url);
    await atDoor(stage.org.url, 'DELETE', 'settings');
    await deny([]);
    // What the org said while a right was missing is not believed by the next test.
    await stage.server.database.pool.query("UPDATE di.org_object SET described_at = 'epoch'");
  });
  afterAll(() => stage.close());

  const deny = (denials: readonly object[]): Promise<void> =>
    atDoor(stage.org.url, 'PUT', 'denials', { denials });

  /** Two contacts of the org, who are to get another last name. */
  async function two(): Promise<readonly [Wanted, Wanted]> {
    people += 1;
    const emails = [`one${people}@example.com`, `two${people}@example.com`];
    const ids = await salesforce.createAll(
      'Contact',
      emails.map((Email) => ({ LastName: 'Before', Email })),
    );
    const wanted = emails.map((email, place) => ({
      id: ids[place] ?? '',
      email,
      lastName: `After${people}`,
    }));
    const [one, other] = wanted;
    if (!one || !other) throw new Error('Two contacts were to be made.');
    return [one, other];
  }

  const refuse = (code: string, message: string, more: object = {}): Promise<void> =>
    orderFault(stage.org.url, {
      kind: 'row-error',
      match: { object: 'Contact', operation: 'update' },
      code,
      message,
      ...more,
    });

  /** Whose last name is the new one. */
  async function written(wanted: readonly Wanted[]): Promise<string[]> {
    const names = wanted.map(({ lastName }) => `'${lastName}'`).join(',');
    const { records } = await salesforce.connection.query<{ Email: string }>(
      `SELECT Email FROM Contact WHERE LastName IN (${names}) ORDER BY Email`,
    );
    return records.map(({ Email }) => Email);
  }

  const incidents = async (): Promise<string[]> => {
    const answer = await admin(stage.server, 'get', '/v1/admin/incidents?status=open').expect(200);
    return (answer.body as { incidents: { kind: string }[] }).incidents.map(({ kind }) => kind);
  };

  it.each(WAITS)('is tried again that was refused with %s: %s', async (code, message) => {
    const wanted = await two();
    await refuse(code, message, { rows: [0] });
    await producer.write(wanted);
    expect(await written(wanted)).toHaveLength(1);
    const waiting = Object.values(await producer.ends()).filter(({ state }) => state === 'waits');
    expect(waiting.length).toBeGreaterThan(0);
    await producer.goOn();
    expect(await written(wanted)).toHaveLength(2);
    expect(Object.values(await producer.ends()).map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it.each(FAILS)('fails alone that was refused with %s: %s', async (code, message, advice) => {
    const wanted = await two();
    await refuse(code, message, { rows: [0] });
    await producer.write(wanted);
    expect(await written(wanted)).toHaveLength(1);
    const ends = Object.values(await producer.ends());
    expect(ends.map(({ state }) => state).sort()).toEqual(['done', 'failed']);
    const failed = ends.find(({ state }) => state === 'failed');
    expect(failed).toMatchObject({ code, message: expect.stringMatching(advice) as string });
    expect(failed?.message).toContain(message);
    expect(await producer.stopped()).toBeNull();
  });

  it.each(GONE)('fails alone whose id leads nowhere: %s', async (code, message) => {
    const wanted = await two();
    // A delivery looks for another record of the person first.
    await refuse(code, message, { rows: [0], times: name === 'a delivery' ? 2 : 1 });
    await producer.write(wanted);
    expect(await written(wanted)).toHaveLength(1);
    const failed = Object.values(await producer.ends()).find(({ state }) => state === 'failed');
    expect(failed?.message).toContain(message);
    expect([code, 'no-match', 'ENTITY_IS_DELETED']).toContain(failed?.code);
  });

  it('waits, and somebody is told, where no record is taken for want of room, until there is some', async () => {
    const wanted = await two();
    await refuse('STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded', { times: null });
    await producer.write(wanted);
    expect(Object.values(await producer.ends()).map(({ state }) => state)).toEqual(['waits', 'waits']);
    expect(await producer.stopped()).toMatch(/no room for more records/);
    expect(await incidents()).toContainEqual(expect.stringMatching(/^(integration|writes)-stopped$/));
    await clearFaults(stage.org.url);
    await producer.goOn();
    expect(await written(wanted)).toHaveLength(2);
    expect(await producer.stopped()).toBeNull();
  });

  it('waits where the user may not write its field any more, until the right is given back', async () => {
    const wanted = await two();
    await producer.write(wanted, () => deny([{ object: 'Contact', field: 'LastName', rights: ['Edit'] }]));
    expect(await written(wanted)).toEqual([]);
    await deny([]);
    // An event brings what it brings: what cannot be written of it is left out, and it says so.
    if (name === 'an event') return;
    expect(Object.values(await producer.ends()).map(({ state }) => state)).toEqual(['waits', 'waits']);
    const reason = await producer.stopped();
    expect(reason).toMatch(/LastName/);
    // Whoever reads it looks for the right that was taken away.
    expect(reason).toMatch(/user/);
    await producer.goOn();
    expect(await written(wanted)).toHaveLength(2);
  });

  it('fails, and its producer goes on, where all are refused for a field that describe knows nothing against', async () => {
    const wanted = await two();
    await refuse('INVALID_FIELD_FOR_INSERT_UPDATE', 'bad field names: AccountId', { times: null });
    await producer.write(wanted);
    expect(Object.values(await producer.ends()).map(({ state, code }) => [state, code])).toEqual([
      ['failed', 'INVALID_FIELD_FOR_INSERT_UPDATE'],
      ['failed', 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    ]);
    expect(await producer.stopped()).toBeNull();
  });

  it.each([
    ['an API version that is not there', { apiVersions: { oldest: 31, newest: 64 } }, /has 31\.0 to 64\.0/],
    ['an API version that was retired', { apiVersions: { oldest: 66, newest: 67 } }, /Update DI Connect/],
  ])('waits for %s, and is never taken for gone', async (_what, settings, said) => {
    const wanted = await two();
    await producer.write(wanted, () => changeSettings(stage.org.url, settings));
    expect(Object.values(await producer.ends()).map(({ state }) => state)).toEqual(['waits', 'waits']);
    expect(await producer.stopped()).toMatch(said);
    expect(await incidents()).toContain('api-unavailable');
    await atDoor(stage.org.url, 'DELETE', 'settings');
    await producer.goOn();
    expect(await written(wanted)).toHaveLength(2);
    expect(await incidents()).not.toContain('api-unavailable');
  });
});
