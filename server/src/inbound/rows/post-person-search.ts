import { z } from 'zod';
import { accountEndpoint, type Route } from '../../api/route.ts';
import { MAX_FOUND, searchPersons } from '../../people/search-persons.ts';

/** A person is found from anywhere. What may be an address stands in a body: paths are logged. */
export function postPersonSearch(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/persons/search',
    scope: 'persons:read',
    isReadOnly: true,
    tag: 'Persons',
    summary: 'Contacts by words of their name or an address, rows of any table by key or record id',
    description: `In all projects of the account that are not archived, up to ${String(MAX_FOUND)} rows in the order of their names. The beginning of each word of a name, or of an address, is enough, in lowercase and without accents too; several words must all be there. Rows of other tables than the contacts are found by their whole primary key, where that is one column, or by the id of their record, for callers with rows:read.`,
    body: z.strictObject({
      text: z.string().trim().min(2).max(200).meta({ description: 'At least two characters' }),
    }),
    answer: {
      schema: z.object({
        persons: z.array(
          z.object({
            project: z.string().meta({ description: 'Its code' }),
            table: z.string(),
            key: z.record(z.string(), z.unknown()).meta({ description: 'The primary key, by column' }),
            name: z.string().nullable(),
            address: z.string().nullable(),
            recordId: z.string().nullable().meta({ description: 'Its record in Salesforce' }),
            isArchived: z.boolean(),
          }),
        ),
        isWhole: z.boolean().meta({
          description: 'False where there are more, or a table took too long: search for more words',
        }),
      }),
    },
    handle: async ({ knex, caller, body }) => {
      const searcher = { accountId: caller.accountId, mayReadRows: caller.scopes.has('rows:read') };
      const { rows, isWhole } = await searchPersons(knex, searcher, body.text);
      return { persons: rows, isWhole };
    },
  });
}
