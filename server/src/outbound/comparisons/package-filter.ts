import type { Knex } from 'knex';
import { z } from 'zod';
import type { PullSelection } from '../../inbound/pulls/pull-schema.ts';
import { mappedFields } from '../../inbound/pulls/selection.ts';
import { packageNamespace } from '../../salesforce/package-namespace.ts';
import { SalesforceFault, type OrgField, type OrgObject, type SalesforceOrg } from '../../salesforce/org.ts';
import { soqlIn, soqlLiteral, soqlName, soqlText, UnfitLiteral } from '../../salesforce/soql.ts';
import type { Comparison } from './comparisons.ts';

/** Between the values of `in`, as the package keeps them. */
const SEPARATOR = ';';
const ALL: PullSelection = { type: 'all' };
const conditions = z.array(
  z.object({ field: z.string(), operator: z.string(), value: z.string().nullish() }),
);
type Condition = z.output<typeof conditions>[number];

/** A filter that cannot be asked for: a field that is gone, or that the authorized user may not see. */
class Unaskable extends Error {
  override readonly name = 'Unaskable';
}

/**
 * Which records the package sends, as its transfers in the org say: those that its filter leaves out are missing in no table.
 * All of the object where the package is not there, or the authorized user may not read its transfers. Throws SalesforceFault for
 * an org that does not answer.
 */
export async function packageSelection(
  knex: Knex,
  org: SalesforceOrg,
  described: OrgObject,
  comparison: Comparison,
): Promise<PullSelection> {
  if (comparison.transfer === null) return ALL;
  try {
    const filters = await filtersOf(knex, org, comparison);
    const parts = filters.map((filter) => conditionOf(filter, described));
    if (parts.length === 0 || parts.includes(null)) return ALL;
    const fields = ['Id', ...mappedFields(comparison.transfer.mapping)];
    const where = parts.map((part) => `(${part})`).join(' OR ');
    return { type: 'query', soql: `SELECT ${fields.join(', ')} FROM ${described.name} WHERE ${where}` };
  } catch (error) {
    const isUnknown =
      error instanceof Unaskable || (error instanceof SalesforceFault && error.kind === 'give-up');
    if (isUnknown) return ALL;
    throw error;
  }
}

/** The conditions of each transfer of the package that sends the object to the table. */
async function filtersOf(knex: Knex, org: SalesforceOrg, comparison: Comparison): Promise<Condition[][]> {
  const connection = await knex('di.connection')
    .where({ id: comparison.connectionId })
    .first<{ key_id: string }>('key_id');
  const namespace = await packageNamespace(org);
  const own = (name: string): string => soqlName(namespace === null ? name : `${namespace}__${name}`);
  const [checkbox, text] = [own('Filter_Field__c'), own('Conditions__c')];
  const soql = `SELECT ${checkbox}, ${text} FROM ${own('DI_Data_Transfer__c')}
    WHERE ${own('Status__c')} != 'Draft' AND ${own('Source_Object__c')} = ${soqlText(comparison.object)}
    AND ${own('DI_Object_Name__c')} = ${soqlText(comparison.table.code)}
    AND ${own('Destination_Project__r')}.${own('Key_Id__c')} = ${soqlText(connection.key_id)}`;
  const filters: Condition[][] = [];
  for await (const page of org.query(soql))
    for (const record of page) filters.push(readFilter(record[checkbox], record[text]));
  return filters;
}

/** The checkbox is the first condition. */
function readFilter(checkbox: unknown, text: unknown): Condition[] {
  const first =
    typeof checkbox === 'string' && checkbox !== ''
      ? [{ field: checkbox, operator: 'equals', value: 'true' }]
      : [];
  if (typeof text !== 'string' || text.trim() === '') return first;
  try {
    return [...first, ...conditions.parse(JSON.parse(text))];
  } catch {
    throw new Unaskable('The conditions cannot be read.');
  }
}

/** A filter as SOQL; null where it keeps nothing out. */
function conditionOf(filter: readonly Condition[], described: OrgObject): string | null {
  if (filter.length === 0) return null;
  return filter
    .map((condition) => {
      const field = described.fields.find(
        ({ name, isFilterable }) => isFilterable && name.toLowerCase() === condition.field.toLowerCase(),
      );
      if (!field) throw new Unaskable(`${condition.field} cannot be asked for.`);
      return comparisonOf(field, condition.operator, condition.value ?? '');
    })
    .join(' AND ');
}

function comparisonOf(field: OrgField, operator: string, value: string): string {
  const name = soqlName(field.name);
  const literal = (text: string): string => {
    try {
      return soqlLiteral(field, text);
    } catch (error) {
      throw error instanceof UnfitLiteral ? new Unaskable(error.message) : error;
    }
  };
  switch (operator) {
    case 'empty':
      return `${name} = NULL`;
    case 'filled':
      return `${name} != NULL`;
    case 'equals':
      return `${name} = ${literal(value)}`;
    case 'differs':
      return `${name} != ${literal(value)}`;
    case 'greater':
      return `${name} > ${literal(value)}`;
    case 'less':
      return `${name} < ${literal(value)}`;
    case 'in': {
      const values = value.split(SEPARATOR).flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
      if (values.length === 0) throw new Unaskable(`${field.name} is compared with nothing.`);
      return soqlIn(field.name, values.map(literal));
    }
    default:
      throw new Unaskable(`${operator} is not known here.`);
  }
}
