import { parseQuery, type WhereClause } from '@jetstreamapp/soql-parser-js';
import type { OrgRecord } from '../../server/src/salesforce/org.ts';
import type { Seed } from './recording-org.ts';

/** Equalities that a query asks for, by field. */
export function equalities(soql: string): {
  readonly object: string;
  readonly values: Record<string, unknown>;
} {
  const query = parseQuery(soql);
  const values: Record<string, unknown> = {};
  for (const condition of conditionsOf(query.where)) values[condition.field] = condition.values[0];
  return { object: query.sObject ?? '', values };
}

/** The seeds that a query's conditions fit, each with the fields that are asked for. */
export function matching(soql: string, seeds: readonly Seed[]): OrgRecord[] {
  const query = parseQuery(soql);
  const object = query.sObject ?? '';
  const isAnd = /\bAND\b/i.test(soql);
  const conditions = conditionsOf(query.where);
  const fits = (record: OrgRecord): boolean => {
    const met = conditions.map(({ field, values }) =>
      values.some((value) => isSame(valueOf(record, field), value)),
    );
    return isAnd ? met.every(Boolean) : met.some(Boolean);
  };
  const fields = (query.fields ?? []).flatMap((each) => ('field' in each ? [each.field] : []));
  return seeds
    .filter((seed) => seed.object.toLowerCase() === object.toLowerCase() && fits(seed.record))
    .map(({ record }) => Object.fromEntries(fields.map((field) => [field, valueOf(record, field) ?? null])));
}

interface Equality {
  readonly field: string;
  readonly values: readonly unknown[];
}

function conditionsOf(where: WhereClause | undefined): Equality[] {
  if (!where) return [];
  const own = where.left === null ? [] : [equality(where.left)];
  return [...own.flatMap((each) => each ?? []), ...conditionsOf('right' in where ? where.right : undefined)];
}

function equality(condition: NonNullable<WhereClause['left']>): Equality | null {
  if (!('field' in condition) || !('value' in condition)) return null;
  const given = Array.isArray(condition.value) ? condition.value : [condition.value];
  return { field: condition.field, values: given.map(literal) };
}

/** A text without its quotes; what has none is a number or a word. */
function literal(given: unknown): unknown {
  const text = String(given);
  if (text.startsWith("'")) return text.slice(1, -1).replace(/\\(.)/g, '$1');
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

function valueOf(record: OrgRecord, field: string): unknown {
  const name = Object.keys(record).find((each) => each.toLowerCase() === field.toLowerCase());
  return name === undefined ? undefined : record[name];
}

const isSame = (one: unknown, other: unknown): boolean =>
  String(one).toLowerCase() === String(other).toLowerCase();
