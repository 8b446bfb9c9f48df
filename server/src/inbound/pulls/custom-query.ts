import { createRequire } from 'node:module';
import type * as Soql from '@jetstreamapp/soql-parser-js';
import type { FieldType, Query } from '@jetstreamapp/soql-parser-js';
import { unprocessable } from '../../http/problem.ts';

const load = createRequire(import.meta.url);
/** The parser builds its grammar while it loads, a quarter of a server's start: only who reads a query waits for it. */
const parser = (): typeof Soql => load('@jetstreamapp/soql-parser-js') as typeof Soql;

/** What a custom query may have beside its fields and its object. */
const ALLOWED = new Set(['fields', 'sObject', 'where', 'orderBy', 'limit']);

/** A query that somebody wrote, taken apart and found harmless. */
export interface CustomQuery {
  /** Fields it selects, as they were written. */
  readonly fields: readonly string[];
  /** The query with other fields in the place of its own. */
  select(fields: readonly string[]): string;
  /** Counts the records that its condition holds for, as `n`; its limit has no part in it. */
  readonly count: string;
  /** What its records have in common; null for all of the object. */
  readonly condition: string | null;
  readonly limit: number | null;
}

/**
 * Reads a custom query: one SELECT of plain fields from one object. Throws a 422 problem that says what it may not have.
 *
 * @param object API name of the object that the transfer is of
 */
export function readCustomQuery(soql: string, object: string): CustomQuery {
  const query = parse(soql);
  const other = Object.keys(query).find((key) => !ALLOWED.has(key));
  if (other !== undefined)
    throw refused(`takes WHERE, ORDER BY and LIMIT, and no ${nameOf(other)}; it names no alias either`);
  if (query.sObject?.toLowerCase() !== object.toLowerCase())
    throw refused(`must be FROM ${object}, which is what the transfer is of`);
  return {
    fields: (query.fields ?? []).map(fieldOf),
    select: (fields) =>
      parser().composeQuery({ ...query, fields: fields.map((field) => ({ type: 'Field', field })) }),
    count: parser().composeQuery({
      fields: [{ type: 'FieldFunctionExpression', functionName: 'COUNT', parameters: ['Id'], alias: 'n' }],
      sObject: object,
      ...(query.where ? { where: query.where } : {}),
    }),
    condition: query.where ? conditionOf(query.where) : null,
    limit: query.limit ?? null,
  };
}

const WHERE = ' WHERE ';

/** A condition is written as part of a query; what stands before it here is known. */
function conditionOf(where: NonNullable<Query['where']>): string {
  const written = parser().composeQuery({ fields: [{ type: 'Field', field: 'Id' }], sObject: 'X', where });
  return written.slice(written.indexOf(WHERE) + WHERE.length);
}

function parse(soql: string): Query {
  try {
    // Unless both are said, the parser builds its grammar again for this query: a hundred times what reading it takes.
    return parser().parseQuery(soql, { allowApexBindVariables: false, ignoreParseErrors: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refused(`is no SOQL that can be read: ${reason.slice(0, 300)}`);
  }
}

function fieldOf(field: FieldType): string {
  if ('alias' in field && field.alias !== undefined) throw refused(`gives a field the alias ${field.alias}`);
  if (field.type === 'Field') return field.field;
  if (field.type === 'FieldRelationship') return [...field.relationships, field.field].join('.');
  if (field.type === 'FieldFunctionExpression')
    throw refused(`selects ${field.rawValue ?? field.functionName}; only fields can be fetched`);
  throw refused('selects records within records; only fields can be fetched');
}

/** The clause that a part of the parsed query comes from. */
function nameOf(part: string): string {
  return part.replace(/([A-Z])/g, ' $1').toUpperCase();
}

function refused(what: string): Error {
  return unprocessable('invalid-query', `The query ${what}.`);
}
