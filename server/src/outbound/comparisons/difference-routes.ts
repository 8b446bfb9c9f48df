import type { Knex } from 'knex';
import { z } from 'zod';
import { ANSWERED, accountEndpoint, type Route } from '../../api/route.ts';
import { streamCsv } from '../../http/csv.ts';
import { conflict } from '../../http/problem.ts';
import { latestRuns, queueRun } from './comparison-runs.ts';
import { Comparisons } from './comparisons.ts';
import {
  ACTS,
  DIFFERENCE_KINDS,
  listDifferences,
  wantHealed,
  type DifferenceFilter,
  type ListedDifference,
} from './differences.ts';
import { differenceAnswer, shownDifference } from './shown.ts';

const identified = z.strictObject({ comparison: z.uuid() });
const digits = z
  .string()
  .max(18)
  .regex(/^\d{1,18}$/);
const filter = {
  kind: z.enum(DIFFERENCE_KINDS).optional(),
  state: z.enum(['open', 'healed']).optional(),
};

/** What the last comparing found, and how it is healed. */
export function differenceRoutes(): Route[] {
  return [listRoute(), csvRoute(), healRoute()];
}

/** The run whose differences are shown. Throws a 409 problem before the first comparing has come to its end. */
async function resultOf(knex: Knex, accountId: string, id: string): Promise<string> {
  const comparison = await new Comparisons(knex, accountId).find(id);
  const result = (await latestRuns(knex, [comparison.id])).get(comparison.id)?.result;
  if (!result)
    throw conflict('no-result', 'No comparing has come to its end yet, or its result was forgotten.');
  return result.id;
}

function listRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/comparisons/{comparison}/differences',
    scope: 'rows:read',
    tag: 'Comparisons',
    summary: 'What differs between both sides, with both values',
    description:
      'Fields, rows that a record has none of, and records that a row has none of, in the order in which they were found. Of more than 50,000 the others are counted only.',
    params: identified,
    query: z.strictObject({
      ...filter,
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      after: digits.default('0').meta({ description: 'What the page before answered as next' }),
    }),
    answer: { schema: z.object({ differences: z.array(differenceAnswer), next: z.string().nullable() }) },
    handle: async ({ knex, caller, params, query }) => {
      const found = await listDifferences(
        knex,
        await resultOf(knex, caller.accountId, params.comparison),
        query,
      );
      const differences = found.map(shownDifference);
      return { differences, next: found.length === query.limit ? (differences.at(-1)?.id ?? null) : null };
    },
  });
}

const COLUMNS = ['kind', 'key', 'record', 'column', 'field', 'row', 'salesforce', 'healed', 'message'];
/** Differences that are read at a time. */
const PAGE = 2000;

function csvRoute(): Route {
  return accountEndpoint({
    method: 'get',
    path: '/v1/admin/comparisons/{comparison}/differences.csv',
    scope: 'rows:read',
    tag: 'Comparisons',
    summary: 'What differs between both sides as CSV, streamed',
    params: identified,
    query: z.strictObject(filter),
    answer: { type: 'text/csv' },
    handle: async ({ knex, caller, params, query, response }) => {
      const run = await resultOf(knex, caller.accountId, params.comparison);
      const columns = COLUMNS.map((header, index) => ({ key: String(index), header }));
      await streamCsv(response, { name: 'differences', columns }, pagesOf(knex, run, query));
      return ANSWERED;
    },
  });
}

async function* pagesOf(
  knex: Knex,
  run: string,
  wanted: DifferenceFilter,
): AsyncGenerator<readonly string[][]> {
  for (let after = '0', isMore = true; isMore;) {
    const page = await listDifferences(knex, run, { ...wanted, after, limit: PAGE });
    yield page.map(cellsOf);
    after = String(page.at(-1)?.id ?? after);
    isMore = page.length === PAGE;
  }
}

const cellsOf = (row: ListedDifference): string[] => [
  row.kind,
  JSON.stringify(row.record_key),
  row.salesforce_id ?? '',
  row.column_name ?? '',
  row.field ?? '',
  cellOf(row.row_value),
  cellOf(row.salesforce_value),
  row.healed_at?.toISOString() ?? '',
  row.message ?? '',
];

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function healRoute(): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/comparisons/{comparison}/heal',
    scope: 'transfers:write',
    tag: 'Comparisons',
    summary: 'Takes records again, or sends rows again, for one difference, some or all',
    description:
      'take has Salesforce’s records taken as a batch of theirs, and archives rows whose records are gone; send makes deliveries, as edits of the rows do. Only differences that the act can heal are meant: see acts.',
    params: identified,
    body: z.strictObject({
      act: z.enum(ACTS),
      differences: z.union([z.literal('all'), z.array(digits).min(1).max(1000)]),
    }),
    answer: {
      status: 202,
      schema: z.object({ differences: z.int().min(0), run: z.uuid().nullable() }),
    },
    handle: async ({ knex, caller, params, body, audit }) => {
      const run = await resultOf(knex, caller.accountId, params.comparison);
      const ids = body.differences === 'all' ? null : body.differences;
      const differences = await wantHealed(knex, run, body.act, ids);
      const healing = differences === 0 ? null : await queueRun(knex, params.comparison, 'heal');
      const detail = { act: body.act, differences, run: healing };
      audit({ action: 'comparison.heal-requested', subject: params.comparison, detail });
      return { differences, run: healing };
    },
  });
}
