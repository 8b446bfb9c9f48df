import { z } from 'zod';
import type { ConsentKeys } from '../consent/consent-keys.ts';
import { knexSession } from '../database/session.ts';
import { anyMembers, lookupName, membersOf, moment } from '../http/inputs.ts';
import { accountEndpoint, type Route } from '../http/route.ts';
import { Projects } from '../projects/projects.ts';
import { erasePerson, type ErasureResult } from './erase-person.ts';
import { erasuresWithMarks, keptSchema, listErasures, placeSchema, receiptSchema } from './erasures.ts';
import { findPerson } from './find-person.ts';
import { marksOf } from './marks.ts';
import { FATES, type PersonPart } from './person.ts';
import { wayBackSchema, waysBack } from './ways-back.ts';

const inProject = z.strictObject({ project: lookupName });
const key = anyMembers;
const whoSchema = z.strictObject({
  keys: z.array(key).min(1).max(100).optional().meta({
    description: 'Primary keys of contacts, by column: [{"email":"a@example.com"}]',
  }),
  email: z.string().min(1).max(320).optional().meta({
    description: 'An address, however it is written, in any e-mail column of the contacts table',
  }),
  all: z.boolean().default(false).meta({ description: 'With email: everybody who has the address' }),
});
const isOne = (who: { keys?: unknown; email?: unknown }): boolean =>
  (who.keys === undefined) !== (who.email === undefined);
const ONE = 'name the person either by keys or by email';

const contactSchema = z.object({
  key,
  hasRow: z.boolean().meta({ description: 'False of somebody of whom only a consent is known' }),
  isArchived: z.boolean(),
  addresses: z.array(z.string()),
  recordId: z.string().nullable().meta({ description: 'The record of Salesforce that the row came from' }),
});

/** One person, found, exported or erased wherever something is held. Addresses stand in bodies only: paths are logged. */
export function personRoutes(keys: ConsentKeys, parts: readonly PersonPart[]): Route[] {
  return [findRoute(keys), exportRoute(parts), eraseRoute(keys, parts), erasuresRoute()];
}

function findRoute(keys: ConsentKeys): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/persons/find',
    scope: 'persons:read',
    isReadOnly: true,
    tag: 'Persons',
    summary: 'Contacts by key or address, and whether somebody was erased under it before',
    params: inProject,
    body: whoSchema.refine(isOne, ONE),
    answer: {
      schema: z.object({
        contacts: z.array(contactSchema),
        otherRows: z.array(z.object({ table: z.string(), columns: z.array(z.string()), rows: z.int() })),
        erasures: z.array(receiptSchema),
      }),
    },
    handle: async ({ knex, caller, params, body }) => {
      const person = await findPerson(knex, caller.accountId, params.project, { ...body, all: true });
      const marks = await marksOf(knexSession(knex), keys, person);
      return {
        contacts: person.contacts,
        otherRows: person.others.map(({ table, columns, keys: rows }) => ({
          table: table.code,
          columns,
          rows: rows.length,
        })),
        erasures: await erasuresWithMarks(knex, caller.accountId, person.project.id, marks),
      };
    },
  });
}

function exportRoute(parts: readonly PersonPart[]): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/persons/export',
    scope: 'persons:read',
    tag: 'Persons',
    summary: 'Everything that is held of one person, as JSON',
    description:
      'Rows of every table, consents with the ledger, deliveries, records of orgs, batches, results of imports, events and items of actions. It is noted in the audit log, without the person.',
    params: inProject,
    body: whoSchema.refine(isOne, ONE),
    answer: {
      schema: z.object({
        project: z.string(),
        exportedAt: z.iso.datetime(),
        contacts: z.array(contactSchema),
        sharedAddresses: z.array(z.string()).meta({
          description: 'Addresses that other contacts have too: what only they lead to is not here',
        }),
        held: z.record(z.string(), z.unknown()),
      }),
    },
    handle: async ({ knex, caller, params, body, response, audit }) => {
      const person = await findPerson(knex, caller.accountId, params.project, body);
      const session = knexSession(knex);
      const held: Record<string, unknown> = {};
      for (const part of parts) held[part.name] = await part.export(session, person);
      audit({
        action: 'person.exported',
        subject: person.project.code,
        detail: { contacts: person.contacts.length },
      });
      response.set('Content-Disposition', `attachment; filename="${person.project.code}-person.json"`);
      return {
        project: person.project.code,
        exportedAt: new Date().toISOString(),
        contacts: person.contacts,
        sharedAddresses: person.sharedAddresses,
        held,
      };
    },
  });
}

function eraseRoute(keys: ConsentKeys, parts: readonly PersonPart[]): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/persons/erase',
    scope: 'persons:erase',
    tag: 'Persons',
    summary:
      'Erases one person wherever something is held, in one transaction; with dryRun, says what would go',
    description:
      'What people withdrew stands when they come back: keyed hashes find it. Nothing is deleted in Salesforce, whose org holds the person for itself; mayBringBack names the transfers that bring the record again when it changes there. The same erasure again changes nothing.',
    params: inProject,
    body: whoSchema
      .extend({
        dryRun: z.boolean().default(false),
        otherTables: z
          .union([z.enum(FATES), membersOf(z.enum(FATES))])
          .optional()
          .meta({
            description:
              'What becomes of rows of other tables that refer to the contact or hold its address: delete them, blank the columns that name the person, or keep them; for all tables, or by table code',
          }),
      })
      .refine(isOne, ONE),
    answer: {
      schema: z.object({
        dryRun: z.boolean(),
        erasure: z
          .uuid()
          .nullable()
          .meta({ description: 'The receipt; null of a dry run, and where nothing is held' }),
        message: z.string(),
        contacts: z.int(),
        erased: z.array(placeSchema),
        kept: z.array(keptSchema),
        mayBringBack: z.array(wayBackSchema),
        erasures: z
          .array(receiptSchema)
          .meta({ description: 'Earlier ones of the same address, key or record' }),
      }),
    },
    handle: async ({ knex, caller, params, body, response, audit }) => {
      const { dryRun, otherTables, ...who } = body;
      const requester = { ...caller, requestId: response.get('X-Request-Id') ?? '' };
      const request = { who, otherTables, isDryRun: dryRun };
      const result = await erasePerson(knex, keys, parts, requester, params.project, request);
      const { id, person, erased, kept } = result;
      const marks = await marksOf(knexSession(knex), keys, person);
      const all = await erasuresWithMarks(knex, caller.accountId, person.project.id, marks);
      audit({
        action: actionOf(result, dryRun),
        subject: person.project.code,
        detail: {
          erasure: id,
          erased,
          kept: kept.map(({ reason: _reason, ...place }) => place),
          hash: marks[0]?.toString('hex') ?? null,
        },
      });
      const erasures = all.filter((receipt) => receipt.id !== id);
      return {
        dryRun,
        erasure: id,
        message: messageOf(result, dryRun, erasures[0]?.erasedAt),
        contacts: person.contacts.length,
        erased,
        kept: erased.length === 0 ? kept.filter(isHeld) : kept,
        mayBringBack: await waysBack(knex, caller.accountId, person.table.id),
        erasures,
      };
    },
  });
}

function actionOf({ erased }: ErasureResult, isDryRun: boolean): string {
  if (isDryRun) return 'person.erasure-tried';
  return erased.length === 0 ? 'person.nothing-to-erase' : 'person.erased';
}

/** What stays because of this erasure is not there without it. */
const isHeld = ({ place }: ErasureResult['kept'][number]): boolean => place === 'rows';

function messageOf({ erased, kept }: ErasureResult, isDryRun: boolean, before: string | undefined): string {
  if (erased.length > 0)
    return isDryRun ? 'This would be erased. Nothing was changed.' : 'The person is erased.';
  if (kept.some(isHeld)) return 'Only rows of other tables name the person, and those are kept.';
  return before === undefined
    ? 'Nothing is held of this person.'
    : `Nothing is held of this person, who was erased on ${before}.`;
}

function erasuresRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/projects/{project}/persons/erasures',
    scope: 'persons:read',
    tag: 'Persons',
    summary: 'Receipts of erasures, newest first',
    params: inProject,
    query: z.strictObject({
      limit: z.coerce.number().int().min(1).max(500).default(100),
      before: moment
        .transform((text) => new Date(text))
        .optional()
        .meta({ description: 'erasedAt of the last one seen' }),
    }),
    answer: { schema: z.object({ erasures: z.array(receiptSchema) }) },
    handle: async ({ knex, caller, params, query }) => {
      const project = await new Projects(knex, caller.accountId).find(params.project);
      return { erasures: await listErasures(knex, caller.accountId, project.id, query) };
    },
  });
}
