import { z } from 'zod';
import { arrayLiteral } from '../../database/array-literal.ts';
import { knexSession } from '../../database/session.ts';
import { anyMembers } from '../../http/inputs.ts';
import { conflict } from '../../http/problem.ts';
import { say } from '../../messages/message.ts';
import { accountEndpoint, type AccountCall, type Route } from '../../api/route.ts';
import { idempotently } from '../../api/idempotent-write.ts';
import {
  BODY_LIMIT,
  idempotencyHeader,
  inTable,
  MAXIMUM_ROWS,
  overridesSalesforce,
  resultSchema,
} from './post-rows.ts';
import type { Rejected } from './read-row.ts';
import { readRowKeys } from './read-row-keys.ts';
import { answeredKey, keyText } from './write-rows.ts';
import { deleteRows, findRows, setArchived } from './write-statements.ts';
import { openTable, regardless, type WrittenTable } from './written-table.ts';

const keys = z.array(anyMembers).min(1).max(MAXIMUM_ROWS).meta({ description: 'Primary keys by column' });
const body = z.strictObject({ keys, overridesSalesforce });
const count = z.int().min(0);

/** What is done to rows as they are. */
interface Change {
  readonly done: 'deleted' | 'archived' | 'restored';
  readonly action: 'rows.deleted' | 'rows.archived' | 'rows.restored';
  readonly statement: (table: WrittenTable) => string;
}

const DELETION: Change = { done: 'deleted', action: 'rows.deleted', statement: deleteRows };
const ARCHIVING: Change = {
  done: 'archived',
  action: 'rows.archived',
  statement: (table) => setArchived(table, true),
};
const RESTORING: Change = {
  done: 'restored',
  action: 'rows.restored',
  statement: (table) => setArchived(table, false),
};

/** Deletes, archives and brings back rows by their keys. */
export function changeRowsRoutes(): Route[] {
  const path = '/v1/admin/projects/{project}/tables/{table}/rows';
  const shared = {
    scope: 'rows:write',
    tag: 'Rows',
    headers: idempotencyHeader,
    params: inTable,
    body,
    bodyLimit: BODY_LIMIT,
  } as const;
  const answerOf = (done: Change['done']): { schema: z.ZodType } => ({
    schema: z.object({
      [done]: count,
      unchanged: count,
      rejected: count,
      results: z.array(resultSchema.extend({ outcome: z.enum([done, 'unchanged', 'rejected']) })),
    }),
  });
  return [
    accountEndpoint({
      ...shared,
      method: 'delete',
      path,
      summary: 'Deletes rows by their primary key',
      description:
        'A row that is not there is unchanged. What Salesforce still has comes back with its next change there.',
      answer: answerOf('deleted'),
      handle: (call) => change(call, DELETION),
    }),
    accountEndpoint({
      ...shared,
      method: 'post',
      path: `${path}/archive`,
      summary: 'Archives rows by their primary key; they keep what they hold',
      answer: answerOf('archived'),
      handle: (call) => change(call, ARCHIVING),
    }),
    accountEndpoint({
      ...shared,
      method: 'post',
      path: `${path}/restore`,
      summary: 'Brings archived rows back by their primary key',
      answer: answerOf('restored'),
      handle: (call) => change(call, RESTORING),
    }),
  ];
}

async function change(
  call: AccountCall<typeof inTable, z.ZodType<object>, typeof body>,
  what: Change,
): Promise<unknown> {
  const { knex, caller, params, request, response } = call;
  const opened = await openTable(knex, caller.accountId, params, 'exclusive');
  const table = call.body.overridesSalesforce ? regardless(opened.table) : opened.table;
  if (table.isOwnedBySalesforce) throw conflict('contacts-from-salesforce', say('rows.owned-by-salesforce'));
  const { answer, isReplay } = await idempotently(knex, table.id, request, response, () =>
    apply(call, table, what),
  );
  const { results: _results, ...counts } = answer;
  call.audit({
    action: isReplay ? 'rows.write-repeated' : what.action,
    subject: `${params.project}/${params.table}`,
    detail: counts,
  });
  return answer;
}

interface ChangeAnswer extends Readonly<Record<string, unknown>> {
  readonly results: readonly unknown[];
}

async function apply(
  { knex, body: { keys: given } }: AccountCall<typeof inTable, z.ZodType<object>, typeof body>,
  table: WrittenTable,
  what: Change,
): Promise<ChangeAnswer> {
  const session = knexSession(knex);
  const read = await readRowKeys(session, table, given);
  const whole = read.flatMap((key) => (isKey(key) ? [key] : []));
  const arrays = table.key.map((_field, index) => arrayLiteral(whole.map((key) => key[index] ?? null)));
  const there = new Set(
    (await session.query<Record<string, unknown>>(findRows(table), arrays)).map((row) =>
      answeredKey(table, row),
    ),
  );
  const done = new Set(
    (await session.query<Record<string, unknown>>(what.statement(table), arrays)).map((row) =>
      answeredKey(table, row),
    ),
  );
  const results = read.map((key, row) => {
    if (!isKey(key)) return { row, ...key };
    const text = keyText(key);
    // A key that is named twice was dealt with the first time.
    if (done.delete(text)) return { row, outcome: what.done };
    const isMissing = what.done !== 'deleted' && !there.has(text);
    return isMissing ? { row, ...NO_ROW } : { row, outcome: 'unchanged' };
  });
  const countOf = (outcome: string): number => results.filter((each) => each.outcome === outcome).length;
  return {
    [what.done]: countOf(what.done),
    unchanged: countOf('unchanged'),
    rejected: countOf('rejected'),
    results,
  };
}

const isKey = (key: readonly string[] | Rejected): key is readonly string[] => Array.isArray(key);

const NO_ROW: Rejected = {
  outcome: 'rejected',
  code: 'row-missing',
  column: null,
  message: say('rows.missing'),
};
