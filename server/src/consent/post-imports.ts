import { z } from 'zod';
import { lookupName } from '../http/inputs.ts';
import { unprocessable, unsupportedMediaType } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../http/route.ts';
import { isTimeZone } from '../jobs/schedules.ts';
import { Projects } from '../projects/projects.ts';
import { DATE_ORDERS } from '../values/dates.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { contactsOf } from './contacts.ts';
import { importOptOuts } from './import-opt-outs.ts';
import { OptIns } from './opt-ins.ts';

const count = z.int().min(0);
const answer = z.object({
  lines: count,
  withdrawn: count.meta({ description: 'Lines that withdrew something' }),
  unchanged: count,
  overruled: count.meta({ description: 'Lines that something newer of the person has overtaken' }),
  unknownContacts: count.meta({
    description: 'People who are not there yet: their withdrawal is kept for then',
  }),
  ignoredColumns: z.array(z.string()).meta({
    description:
      'Columns that were not read: of an export of the unsubscribed that a list manager has written',
  }),
  rejected: count,
  rejectedLines: z.array(z.object({ line: count, code: z.string(), message: z.string() })).meta({
    description: 'The first hundred of them',
  }),
});

/** Opt-outs of a list: what another system knew. */
export function postImports(keys: ConsentKeys): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/consent/imports',
    scope: 'consent:write',
    transactions: 'own',
    tag: 'Consent',
    summary: 'Withdraws what a CSV of opt-outs says',
    description:
      'Send text/csv in UTF-8 with a header: address, or the primary key’s own columns; and if wanted optIn, date and reason. What a list manager exports of the unsubscribed is read as it is: its other columns are ignored, and named in the answer. A line without an opt-in withdraws the one of the query, or all. An import only ever withdraws. The same file again changes nothing, so that a broken upload is simply sent again.',
    params: z.strictObject({ project: lookupName }),
    query: z.strictObject({
      optIn: lookupName.optional(),
      dates: z.enum(DATE_ORDERS).default('iso').meta({
        description: 'Order of day, month and year; dates with the year first are read in any case',
      }),
      timeZone: z
        .string()
        .max(64)
        .refine(isTimeZone, 'is no time zone, as America/Toronto is one')
        .default('UTC')
        .meta({
          description: 'Of dates without a zone of their own',
        }),
      name: z.string().max(200).default('import').meta({ description: 'Of the file, for the proof' }),
    }),
    bodyKind: 'stream',
    fileType: 'text/csv',
    answer: { schema: answer },
    handle: async ({ knex, caller, params, query, request, audit }) => {
      if (!/^text\/csv\s*(?:;|$)/i.test(request.get('Content-Type') ?? ''))
        throw unsupportedMediaType('Send text/csv.');
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      const optIns = new OptIns(knex, project.id);
      const all = await optIns.list();
      if (all.length === 0) throw unprocessable('no-opt-ins', 'The project has no opt-ins to withdraw.');
      const context = {
        projectId: project.id,
        contacts: await contactsOf(knex, caller.accountId, project),
        optIns: all,
        optIn: query.optIn === undefined ? null : await optIns.find(query.optIn),
        keys,
        actor: caller.actor,
        dates: query.dates,
        timeZone: query.timeZone,
        name: query.name,
      };
      audit({ action: 'consent.imported', subject: project.code, detail: { name: query.name } });
      return importOptOuts(knex, context, request);
    },
  });
}
