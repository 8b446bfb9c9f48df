import { say } from '../../messages/message.ts';
import { idOf } from '../engine/find-records.ts';
import { several, type Outcome } from '../engine/record-write.ts';
import type { OrgRecord, SalesforceOrg } from '../../salesforce/org.ts';
import { ADDRESS_LIMIT, addressLength, portions, soqlIn, soqlText } from '../../salesforce/soql.ts';
import { normalizedAddress } from '../../values/email-address.ts';
import type { SourceSettings } from './source-settings.ts';

/** Who somebody is in the org: a record, nobody yet, or nobody who can be written to. */
export type Person =
  | { readonly kind: 'known'; readonly object: 'Lead' | 'Contact'; readonly id: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

const LEADS = 'SELECT Id, Email, IsConverted, ConvertedContactId, IsDeleted FROM Lead WHERE ';
const CONTACTS = 'SELECT Id, Email FROM Contact WHERE ';
const ROOM = ADDRESS_LIMIT - addressLength(LEADS) - 100;

type Settings = Pick<SourceSettings, 'object' | 'useContactId' | 'lookUpContacts'>;

/**
 * Finds people by their e-mail addresses, many in one query: among leads, and who is none among contacts. Addresses come,
 * and are answered by, in the one spelling of their mailbox. Throws SalesforceFault.
 */
export async function findPeople(
  org: SalesforceOrg,
  settings: Settings,
  emails: readonly string[],
): Promise<ReadonlyMap<string, Person>> {
  const wanted = [...new Set(emails)];
  const people = new Map<string, Person>();
  if (settings.object === 'Lead')
    for (const [email, leads] of await recordsOf(org, LEADS, wanted, true))
      people.set(email, leadOf(leads, settings.useContactId));
  const others = wanted.filter((email) => (people.get(email)?.kind ?? 'unknown') === 'unknown');
  if (settings.object === 'Contact' || settings.lookUpContacts)
    for (const [email, contacts] of await recordsOf(org, CONTACTS, others, false))
      people.set(email, contactOf(contacts));
  return people;
}

/**
 * A deleted lead is still in the bin; only where there is no other it says something. A converted one is history where the
 * same person is a lead again.
 */
function leadOf(leads: readonly OrgRecord[], useContactId: boolean): Person {
  const living = leads.filter(({ IsDeleted }) => IsDeleted !== true);
  const open = living.filter(({ IsConverted }) => IsConverted !== true);
  const [lead, ...others] = open.length > 0 ? open : living;
  if (!lead) return leads.length === 0 ? { kind: 'unknown' } : deleted(leads);
  if (others.some((other) => !useContactId || !isOfSameContact(lead, other)))
    return refusal(several({ object: 'Lead' }, living.map(idOf)).outcome);
  if (lead.IsConverted !== true || !useContactId) return { kind: 'known', object: 'Lead', id: idOf(lead) };
  const { ConvertedContactId: contact } = lead;
  if (typeof contact === 'string' && contact !== '') return { kind: 'known', object: 'Contact', id: contact };
  return refusal({
    status: 404,
    code: 'converted-without-contact',
    message: say('items.lead-converted', { lead: idOf(lead) }),
    object: 'Contact',
    ids: [idOf(lead)],
  });
}

/** Leads that were converted to one contact are one person, who is written to there. */
function isOfSameContact(one: OrgRecord, other: OrgRecord): boolean {
  return one.IsConverted === true && one.ConvertedContactId === other.ConvertedContactId;
}

function contactOf(contacts: readonly OrgRecord[]): Person {
  const [contact, ...others] = contacts;
  if (!contact) return { kind: 'unknown' };
  return others.length === 0
    ? { kind: 'known', object: 'Contact', id: idOf(contact) }
    : refusal(several({ object: 'Contact' }, contacts.map(idOf)).outcome);
}

function deleted(leads: readonly OrgRecord[]): Person {
  return refusal({
    status: 410,
    code: 'lead-deleted',
    message: say('items.lead-deleted', { leads: leads.map(idOf).join(', ') }),
    object: 'Lead',
    ids: leads.map(idOf),
  });
}

function refusal(outcome: Outcome): Person {
  return { kind: 'refused', outcome };
}

/** Records by e-mail address. */
async function recordsOf(
  org: SalesforceOrg,
  select: string,
  emails: readonly string[],
  all: boolean,
): Promise<Map<string, OrgRecord[]>> {
  const found = new Map<string, OrgRecord[]>();
  for (const part of portions(emails, (email) => addressLength(`${soqlText(email)},`), ROOM))
    await readPart(org, select, part, all, found);
  return found;
}

/** The org says who matches; a record whose address is none of those asked for is explained by asking in halves. */
async function readPart(
  org: SalesforceOrg,
  select: string,
  emails: readonly string[],
  all: boolean,
  found: Map<string, OrgRecord[]>,
): Promise<void> {
  const records: OrgRecord[] = [];
  for await (const page of org.query(select + soqlIn('Email', emails.map(soqlText)), { all }))
    records.push(...page);
  const [only, ...others] = emails;
  if (only === undefined) return;
  const asked = new Set(emails);
  const addressOf = ({ Email }: OrgRecord): string =>
    typeof Email === 'string' ? normalizedAddress(Email) : '';
  if (others.length === 0) found.set(only, records);
  else if (records.every((record) => asked.has(addressOf(record))))
    for (const record of records)
      found.set(addressOf(record), [...(found.get(addressOf(record)) ?? []), record]);
  else {
    const middle = Math.ceil(emails.length / 2);
    await readPart(org, select, emails.slice(0, middle), all, found);
    await readPart(org, select, emails.slice(middle), all, found);
  }
}
