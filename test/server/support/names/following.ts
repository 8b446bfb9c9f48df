import { pino } from 'pino';
import { Targets } from '../../../../server/src/inbound/batches/targets.ts';
import { pullTurn } from '../../../../server/src/inbound/pulls/pull-loop.ts';
import type { OrgObject, OrgRecord, SalesforceOrgs } from '../../../../server/src/salesforce/org.ts';
import { changeConsent, consentOf } from '../consent.ts';
import { turnOf } from '../event-stage.ts';
import { OrgBase } from '../org-base.ts';
import { orgField } from '../org-double.ts';
import { erase, exportOf, find } from '../persons.ts';
import { admin } from '../test-server.ts';
import type { NamedTable, Who } from './named-table.ts';
import { OTHER } from './named-scene.ts';
import type { Telling } from './telling.ts';

type Row = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => JSON.stringify(value);

/** What people say, and what is acted upon because of it. */
export async function changeConsents(telling: Telling): Promise<void> {
  const { stage, scene, contacts, actionIds } = telling.named;
  const say = (key: number, status: string): Promise<unknown> =>
    changeConsent(stage.server, scene, [{ contact: contacts.key(key), optIn: 'newsletter', status }]);
  await say(30, 'granted');
  await say(31, 'withdrawn');
  await say(22, 'withdrawn');
  const standing = await consentOf(stage.server, scene, contacts.key(31));
  telling.tell(
    'said',
    standing.consents.map(({ status }) => status),
    standing.events.length,
  );
  for (const id of actionIds) {
    const answer = await admin(stage.server, 'get', `/v1/admin/actions/${id}/items?limit=500`);
    const { items = [] } = answer.body as { items?: readonly { occasion: string; body: Row }[] };
    const bodies = items.map(({ occasion, body }) => {
      const { _optIn, _occurredAt, _source, ...values } = body;
      return [occasion, _optIn, _source, contacts.somePlaces(values)];
    });
    telling.tell(
      'noticed',
      bodies.sort((one, other) => (text(one) < text(other) ? -1 : 1)),
    );
  }
  const turn = turnOf(stage.server, stage.orgs);
  while (await turn()) continue;
  telling.tell('acted upon', recordsOf(telling, 'Lead'));
}

/** What reaches the other org. */
export async function sendChanges(telling: Telling): Promise<void> {
  const { stage, integrationId } = telling.named;
  await stage.deliver();
  const waiting = await stage.server.database.pool.query<Row>(
    'SELECT row_change, state, last_code FROM di.delivery WHERE integration_id = $1 ORDER BY 1, 2, 3',
    [integrationId],
  );
  telling.tell('left to send', waiting.rows);
  telling.tell('sent', recordsOf(telling, 'Contact'));
}

/** Records of the other org without their ids and versions, which tell when they came. */
function recordsOf({ named: { org } }: Telling, object: string): readonly unknown[] {
  return org
    .records(object)
    .map(({ Id: _id, SystemModstamp: _version, ...values }) => values)
    .sort((one, other) => (String(one.Email) < String(other.Email) ? -1 : 1));
}

/** An org that a pull reads: some records of the table's, and nothing else. */
class PulledOrg extends OrgBase {
  readonly #contacts: NamedTable;
  readonly #people: readonly Who[];

  constructor(connectionId: string, contacts: NamedTable, people: readonly Who[]) {
    super(connectionId);
    this.#contacts = contacts;
    this.#people = people;
  }

  override describe(name: string): Promise<OrgObject> {
    const fields = ['Id', 'SystemModstamp', ...this.#contacts.fields].map((field) => orgField(field));
    const may = { isQueryable: true, isCreateable: true, isUpdateable: true, isDeletable: true };
    return Promise.resolve({ name, label: name, keyPrefix: '003', ...may, fields });
  }

  override async *query(soql: string): AsyncIterable<readonly OrgRecord[]> {
    await Promise.resolve();
    if (soql.includes('COUNT(')) yield [{ n: this.#people.length }];
    else yield this.#people.map((who) => this.#record(who));
  }

  #record(who: Who): OrgRecord {
    const names = ['Id', 'SystemModstamp', ...this.#contacts.fields];
    const values = this.#contacts.record(who, 100);
    return Object.fromEntries(names.map((name, place) => [name, values[place]]));
  }
}

/** A whole fetch: what it does not bring is archived. */
export async function pullRecords(telling: Telling): Promise<void> {
  const { stage, scene, contacts } = telling.named;
  const { knex, pool } = stage.server.database;
  const { metrics, consentKeys } = stage.server.services;
  const org = new PulledOrg(scene.connectionId, contacts, [{ person: 1, key: 2 }, { person: 40 }]);
  const orgs: SalesforceOrgs = { open: () => Promise.resolve(org) };
  const made = await admin(stage.server, 'post', '/v1/admin/pulls').send({ transfer: scene.transferId });
  const { id } = made.body as { id: string };
  const desk = { knex, pool, targets: new Targets(knex, consentKeys), orgs, metrics };
  await pullTurn(desk, pino({ level: 'silent' }), new AbortController().signal);
  const answer = await admin(stage.server, 'get', `/v1/admin/pulls/${id}/runs`);
  const [run] = (answer.body as { runs: readonly Row[] }).runs;
  telling.tell('pulled', run?.state, run?.code, run?.applied, run?.archived, run?.rejected);
  await telling.list('after the pull');
}

/** One person is found, handed out and erased, in every table. */
export async function erasePerson(telling: Telling): Promise<void> {
  const { stage, scene, contacts } = telling.named;
  const keys = [contacts.key(31)];
  const { contacts: known, otherRows } = await find(stage.server, scene, { keys });
  telling.tell('found', known.length, otherRows.length);
  const { held } = await exportOf(stage.server, scene, { keys });
  const rows = held.rows as readonly { readonly table: string; readonly rows: readonly Row[] }[];
  telling.tell(
    'handed out',
    rows.map((each) => [each.table, each.rows.length]),
    contacts.byPlace(rows[0]?.rows[0]),
  );
  for (const how of [
    { otherTables: { Other: 'delete' }, dryRun: true },
    { otherTables: { Other: 'blank' } },
  ]) {
    const { answer, body } = await erase(stage.server, scene, { keys, ...how });
    telling.tell('erased', answer.status, body.contacts, body.erased);
  }
  await telling.list('after the erasure');
  await telling.list('of the other table after the erasure', OTHER);
  await telling.batch('who comes again', { upserts: [contacts.record({ person: 31 }, 30)] });
  const { consents } = await consentOf(stage.server, scene, contacts.key(31));
  telling.tell(
    'still out',
    consents.map(({ status }) => status),
  );
}
