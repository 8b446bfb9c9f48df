import type { Knex } from 'knex';
import { z } from 'zod';
import { knexSession, type Session } from '../database/session.ts';
import { anyMembers, lookupName } from '../http/inputs.ts';
import { notFound, unprocessable } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../api/route.ts';
import { Refusal } from '../values/check-value.ts';
import { parseExactly } from '../values/exact-numbers.ts';
import { Projects } from '../projects/projects.ts';
import type { RecordKey } from '../people/record-identities.ts';
import { readKeys, type GivenKey } from '../people/stored-keys.ts';
import { CONSENT_STATUSES } from './consent-rules.ts';
import { contactsOf, findContacts, type Contacts } from './contacts.ts';
import { eventSchema, eventsOfPerson } from './ledger.ts';
import { OptIns } from './opt-ins.ts';

const inProject = z.strictObject({ project: lookupName });
const status = z.enum(CONSENT_STATUSES);
const contact = anyMembers;

export const keySchema = z
  .string()
  .max(5000)
  .transform((text, context) => {
    try {
      const parsed = contact.safeParse(parseExactly(text));
      if (parsed.success) return parsed.data;
    } catch {
      // Said below.
    }
    context.addIssue({
      code: 'custom',
      message: 'is no JSON object of the primary key: {"email":"a@example.com"}',
    });
    return z.NEVER;
  })
  .meta({ description: 'The contact’s primary key as JSON: {"email":"a@example.com"}' });

/** What people have said. */
export function consentReadRoutes(): Route[] {
  return [contactRoute(), listRoute()];
}

function contactRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/consent/contact',
    scope: 'consent:read',
    tag: 'Consent',
    summary: 'What one contact said: each opt-in, and the whole ledger',
    params: inProject,
    query: z.strictObject({ key: keySchema }),
    answer: {
      schema: z.object({
        consents: z.array(
          z.object({
            optIn: lookupName,
            status: status.nullable().meta({ description: 'Null: never asked' }),
            changedAt: z.iso.datetime().nullable(),
            pendingUntil: z.iso.datetime().nullable(),
          }),
        ),
        events: z.array(eventSchema),
      }),
    },
    handle: async ({ knex, caller, params, query }) => {
      const project = await new Projects(knex, caller.accountId).find(params.project);
      const contacts = await contactsOf(knex, caller.accountId, project);
      const key = await namedKey(knexSession(knex), contacts, query.key);
      const [found] = await findContacts(knex, contacts, [key]);
      if (found?.isKnown !== true) throw notFound(`contact ${JSON.stringify(key)}`);
      return {
        consents: await consentsOf(knex, project.id, contacts.tableId, key),
        events: await eventsOfPerson(knexSession(knex), project.id, contacts.tableId, key),
      };
    },
  });
}

/** A contact's key, as somebody names it. Throws a 422 problem for what is none. */
export async function namedKey(session: Session, contacts: Contacts, given: GivenKey): Promise<RecordKey> {
  const [key] = await readKeys(session, contacts.tableId, contacts.key, [given]);
  if (key === undefined || key instanceof Refusal)
    throw unprocessable(key?.code ?? 'invalid-key', key?.message ?? 'No key was given.');
  return key;
}

async function consentsOf(
  knex: Knex,
  projectId: string,
  tableId: string,
  key: RecordKey,
): Promise<{ optIn: string; status: string | null; changedAt: Date | null; pendingUntil: Date | null }[]> {
  const rows = await knexSession(knex).query<{
    code: string;
    status: string | null;
    changed_at: Date | null;
    pending_until: Date | null;
  }>(
    `SELECT o.code, c.status, c.changed_at, c.pending_until
     FROM di.opt_in o
     LEFT JOIN di.record_identity i ON i.table_id = $2::uuid AND i.record_key = $3::jsonb
     LEFT JOIN di.consent c ON c.opt_in_id = o.id AND c.identity_id = i.id
     WHERE o.project_id = $1::uuid ORDER BY o.created_at, o.code`,
    [projectId, tableId, JSON.stringify(key)],
  );
  return rows.map((row) => ({
    optIn: row.code,
    status: row.status,
    changedAt: row.changed_at,
    pendingUntil: row.pending_until,
  }));
}

function listRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/consent',
    scope: 'consent:read',
    tag: 'Consent',
    summary: 'Contacts by opt-in and status, a page at a time',
    params: inProject,
    query: z.strictObject({
      optIn: lookupName,
      status,
      limit: z.coerce.number().int().min(1).max(2000).default(100),
      after: z.uuid().optional().meta({ description: 'What the page before answered as next' }),
    }),
    answer: {
      schema: z.object({
        contacts: z.array(
          z.object({
            contact,
            changedAt: z.iso.datetime(),
            pendingUntil: z.iso.datetime().nullable(),
          }),
        ),
        next: z.uuid().nullable(),
      }),
    },
    handle: async ({ knex, caller, params, query }) => {
      const project = await new Projects(knex, caller.accountId).find(params.project);
      const optIn = await new OptIns(knex, project.id).find(query.optIn);
      return listPage(knex, optIn.id, query);
    },
  });
}

async function listPage(
  knex: Knex,
  optInId: string,
  page: { status: string; limit: number; after?: string | undefined },
): Promise<object> {
  const rows = await knexSession(knex).query<{
    identity_id: string;
    record_key: RecordKey;
    changed_at: Date;
    pending_until: Date | null;
  }>(
    `SELECT c.identity_id, i.record_key, c.changed_at, c.pending_until
     FROM di.consent c JOIN di.record_identity i ON i.id = c.identity_id
     WHERE c.opt_in_id = $1::uuid AND c.status = $2 AND i.merged_into IS NULL AND i.erased_at IS NULL
       AND ($3::uuid IS NULL OR c.identity_id > $3::uuid)
     ORDER BY c.identity_id LIMIT $4::int`,
    [optInId, page.status, page.after ?? null, page.limit],
  );
  return {
    contacts: rows.map((row) => ({
      contact: row.record_key,
      changedAt: row.changed_at,
      pendingUntil: row.pending_until,
    })),
    next: rows.length === page.limit ? (rows.at(-1)?.identity_id ?? null) : null,
  };
}
