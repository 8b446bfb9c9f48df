import type { DiConnect } from '../di-connect.ts';
import type { Salesforce } from '../salesforce.ts';
import { PROJECT } from '../set-up.ts';

/** Where a step was seen. */
export type Place = 'salesforce' | 'outbox' | 'batch' | 'table' | 'consent' | 'delivery';

/** A step of a contact on its way, as one of the two sides tells of it. */
export interface Step {
  readonly key: string;
  readonly at: string;
  readonly place: Place;
  readonly title: string;
  readonly detail: string;
}

/** What both sides know of one contact at a moment. */
export interface Facts {
  readonly contact: ContactRecord;
  readonly outbox: readonly OutboxRow[];
  readonly record: RecordAnswer;
  readonly acts: readonly ConsentAct[];
}

export interface ContactRecord {
  readonly Id: string;
  readonly Name: string;
  readonly Email: string;
  readonly LastModifiedDate: string;
  readonly LastModifiedBy: { readonly Name: string } | null;
  readonly [field: string]: unknown;
}

interface OutboxRow {
  readonly Id: string;
  readonly CreatedDate: string;
  readonly Status__c: string;
  readonly Attempts__c: number;
  readonly Batch_Key__c: string;
  readonly Record_Count__c: number;
  readonly Changes__c: string;
  readonly Last_Error__c: string | null;
}

interface RecordAnswer {
  readonly row: Readonly<Record<string, unknown>> | null;
  readonly key: Readonly<Record<string, unknown>> | null;
  readonly history: readonly {
    readonly at: string;
    readonly batch: string;
    readonly outcome: string;
    readonly message: string | null;
    readonly counts: Readonly<Record<string, number>>;
  }[];
  readonly deliveries: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly attempts: number;
    readonly changedAt: string;
    readonly message: string | null;
  }[];
}

interface ConsentAct {
  readonly id: string;
  readonly optIn: string;
  readonly previous: string | null;
  readonly status: string | null;
  readonly outcome: string;
  readonly source: string;
  readonly occurredAt: string;
}

/** Fields of the contact that the page shows, and may change. */
export const SHOWN_FIELDS = ['Phone', 'MailingCity', 'HasOptedOutOfEmail'] as const;

/** Asks both sides: the org by its REST API, and DI by its admin API. The outbox comes last: what is not in it was sent. */
export async function readFacts(
  di: DiConnect,
  salesforce: Salesforce,
  contactId: string,
  optInField: string,
): Promise<Facts> {
  const [contact, record] = await Promise.all([
    readContact(salesforce, contactId, optInField),
    di.call<RecordAnswer>('GET', `/v1/admin/projects/${PROJECT}/tables/Contact/records/${contactId}`),
  ]);
  const outbox = await readOutbox(salesforce, contactId);
  return { contact, outbox, record, acts: record.key === null ? [] : await readActs(di, record.key) };
}

async function readContact(salesforce: Salesforce, id: string, optInField: string): Promise<ContactRecord> {
  const { records } = await salesforce.connection.query<ContactRecord>(
    `SELECT Id, Name, Email, ${SHOWN_FIELDS.join(', ')}, ${optInField}, LastModifiedDate, LastModifiedBy.Name
     FROM Contact WHERE Id = '${id}'`,
  );
  const [contact] = records;
  if (!contact) throw new Error('There is no such contact in the org any more.');
  return contact;
}

/** What an outbox row says it carries can be asked for as text only: the latest rows are looked through. */
async function readOutbox(salesforce: Salesforce, contactId: string): Promise<OutboxRow[]> {
  const { records } = await salesforce.connection.query<OutboxRow>(
    `SELECT Id, CreatedDate, Status__c, Attempts__c, Batch_Key__c, Record_Count__c, Changes__c, Last_Error__c
     FROM DI_Outbox__c ORDER BY CreatedDate DESC LIMIT 20`,
  );
  return records.filter((row) => row.Changes__c.includes(contactId));
}

async function readActs(di: DiConnect, key: Readonly<Record<string, unknown>>): Promise<ConsentAct[]> {
  const query = encodeURIComponent(JSON.stringify(key));
  const { events } = await di.call<{ events: ConsentAct[] }>(
    'GET',
    `/v1/admin/projects/${PROJECT}/consent/contact?key=${query}`,
  );
  return events;
}

/** Steps that the facts tell of by themselves. */
export function stepsOf({ contact, outbox, record, acts }: Facts): Step[] {
  const saved: Step = {
    key: `salesforce ${contact.LastModifiedDate}`,
    at: moment(contact.LastModifiedDate),
    place: 'salesforce',
    title: `Saved in Salesforce by ${contact.LastModifiedBy?.Name ?? 'somebody'}`,
    detail: '',
  };
  return [
    saved,
    ...outbox.map(outboxStep),
    ...sentSteps(outbox, record.history),
    ...record.history.map(({ at, batch, outcome, message, counts }): Step => ({
      key: `batch ${batch}`,
      at,
      place: 'batch',
      title: `Batch ${batch} ${outcome}`,
      detail: message ?? countsText(counts),
    })),
    ...acts.map(({ id, optIn, previous, status, outcome, source, occurredAt }): Step => ({
      key: `consent ${id}`,
      at: occurredAt,
      place: 'consent',
      title:
        outcome === 'overruled'
          ? `${optIn}: stays ${status ?? 'never asked'}`
          : `${optIn}: ${previous ?? 'never asked'} → ${status ?? 'never asked'}`,
      detail:
        outcome === 'overruled'
          ? `In the ledger: ${source} said otherwise, and was not counted`
          : `In the ledger, by ${source}`,
    })),
    ...record.deliveries.map(({ id, name, state, attempts, changedAt, message }): Step => ({
      key: `delivery ${id} ${changedAt}`,
      at: changedAt,
      place: 'delivery',
      title: `Delivery for “${name}” ${state === 'dead' ? 'was given up' : 'waits'}`,
      detail: message ?? `${attempts} attempts so far`,
    })),
  ];
}

function outboxStep(row: OutboxRow): Step {
  return {
    key: `outbox ${row.Id}`,
    at: moment(row.CreatedDate),
    place: 'outbox',
    title: `Outbox row ${row.Id}: ${row.Status__c}`,
    detail: row.Last_Error__c ?? `${operationsText(row.Changes__c)}, key ${row.Batch_Key__c}`,
  };
}

/** A row that was sent is deleted for good: DI has its batch, whose key begins with the row's, and the org has no such row. */
function sentSteps(outbox: Facts['outbox'], history: RecordAnswer['history']): Step[] {
  return history
    .filter(({ batch }) => !outbox.some((row) => batch.startsWith(row.Batch_Key__c)))
    .map(({ at, batch }) => ({
      key: `outbox of ${batch}`,
      at,
      place: 'outbox',
      title: 'Outbox row: sent, and deleted',
      detail: `Key ${batch.replace(/\..*/, '')}`,
    }));
}

function operationsText(changes: string): string {
  const operations = JSON.parse(changes) as Record<string, readonly unknown[]>;
  return Object.entries(operations)
    .filter(([, ids]) => ids.length > 0)
    .map(([name, ids]) => `${ids.length} ${name}`)
    .join(', ');
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** Salesforce writes +0000, which not every reader of ISO 8601 takes. */
const moment = (text: string): string => new Date(text.replace(/\+0000$/, 'Z')).toISOString();
