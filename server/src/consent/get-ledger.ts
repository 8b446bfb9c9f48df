import type { Response } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { Database } from '../database/open-database.ts';
import { knexSession, type Session } from '../database/session.ts';
import { streamCsv } from '../http/csv.ts';
import { lookupName, moment } from '../http/inputs.ts';
import { accountEndpoint, ANSWERED, type Route } from '../http/route.ts';
import { Projects } from '../projects/projects.ts';
import { identitiesOf } from '../records/record-identities.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { CONSENT_SOURCES } from './consent-rules.ts';
import { contactsOf } from './contacts.ts';
import { keySchema, namedKey } from './get-consent.ts';
import { ledgerPage, type LedgerEvent, type LedgerFilter } from './ledger.ts';

const PAGE = 2000;
const COLUMNS = [
  'id',
  'contact',
  'optIn',
  'asked',
  'previous',
  'status',
  'outcome',
  'reason',
  'source',
  'actorKind',
  'actorId',
  'actorName',
  'occurredAt',
  'recordedAt',
  'reference',
  'proof',
  'note',
] as const;

const date = moment.transform((text) => new Date(text));
const querySchema = z.strictObject({
  key: keySchema.optional(),
  address: z.string().max(320).optional().meta({
    description: 'Finds events by the address they were recorded with, those of erased people too',
  }),
  optIn: lookupName.optional(),
  source: z.enum(CONSENT_SOURCES).optional(),
  from: date.optional().meta({ description: 'Events that people did at this moment or later' }),
  to: date.optional().meta({ description: 'Events that people did before this moment' }),
});

/** The ledger, for an auditor. */
export function getLedger({ knex: database }: Pick<Database, 'knex'>, keys: ConsentKeys): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/consent/ledger.csv',
    scope: 'consent:read',
    tag: 'Consent',
    summary: 'The ledger as CSV, streamed: by person, opt-in, source and time',
    params: z.strictObject({ project: lookupName }),
    query: querySchema,
    answer: { type: 'text/csv' },
    handle: async ({ knex, caller, params, query, response }) => {
      const project = await new Projects(knex, caller.accountId).find(params.project);
      const filter = await filterOf(knex, caller.accountId, project, query, keys);
      await sendLedger(response, knexSession(database), project, filter);
      return ANSWERED;
    },
  });
}

async function filterOf(
  knex: Knex,
  accountId: string,
  project: Awaited<ReturnType<Projects['find']>>,
  query: z.output<typeof querySchema>,
  keys: ConsentKeys,
): Promise<LedgerFilter> {
  const session = knexSession(knex);
  let identities: readonly string[] | null = null;
  if (query.key !== undefined) {
    const contacts = await contactsOf(knex, accountId, project);
    const key = await namedKey(session, contacts, query.key);
    identities = await identitiesOf(session, contacts.tableId, [key]);
  }
  return {
    identities,
    addressHash: query.address === undefined ? null : await keys.hashAddress(session, query.address),
    optIn: query.optIn ?? null,
    source: query.source ?? null,
    from: query.from ?? null,
    to: query.to ?? null,
  };
}

function sendLedger(
  response: Response,
  session: Session,
  project: { readonly id: string; readonly code: string },
  filter: LedgerFilter,
): Promise<void> {
  const file = {
    name: `${project.code}-consent-ledger`,
    columns: [...COLUMNS],
  };
  return streamCsv(response, file, pages(session, project.id, filter));
}

async function* pages(
  session: Session,
  projectId: string,
  filter: LedgerFilter,
): AsyncGenerator<ReturnType<typeof lineOf>[]> {
  let after = 0;
  for (;;) {
    const events = await ledgerPage(session, projectId, filter, { after, limit: PAGE });
    yield events.map(lineOf);
    const last = events.at(-1);
    if (events.length < PAGE || !last) return;
    after = last.id;
  }
}

function lineOf(event: LedgerEvent): Record<(typeof COLUMNS)[number], string | number | null> {
  const { actor, contact, proof, occurredAt, recordedAt, ...plain } = event;
  return {
    ...plain,
    contact: contact === null ? null : JSON.stringify(contact),
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    occurredAt: occurredAt.toISOString(),
    recordedAt: recordedAt.toISOString(),
    proof: proof === null ? null : JSON.stringify(proof),
  };
}
