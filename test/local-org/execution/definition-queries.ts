import type { SoqlCondition, SoqlQuery, SoqlValue } from '../language/syntax/query-ast.ts';
import { itemsOf, type BindValues } from '../database/soql/run.ts';
import { putInto, seedEntity, seedFields } from '../metadata-rows.ts';
import type { Transaction } from './transaction.ts';

/**
 * Makes the rows that a query of EntityDefinition or FieldDefinition can find: those of the objects that its conditions
 * name, and where they name none, of every object that the org has met.
 */
export function defineAsked(transaction: Transaction, query: SoqlQuery, binds: BindValues): void {
  const from = query.from.toLowerCase();
  if (from !== 'entitydefinition' && from !== 'fielddefinition') return;
  const { org } = transaction;
  const put = putInto(org);
  const named = textsOf(query.where, binds).filter((text) => org.schema.object(text));
  const objects = named.length > 0 ? named : [...org.schema.objects.values()].map(({ name }) => name);
  for (const name of objects) {
    if (from === 'entitydefinition') seedEntity(org, put, name);
    else seedFields(org, put, name);
  }
}

/** Every text that a condition compares with. */
function textsOf(condition: SoqlCondition | null, binds: BindValues): string[] {
  if (!condition) return [];
  if (condition.kind === 'not') return textsOf(condition.part, binds);
  if (condition.kind !== 'compare') return condition.parts.flatMap((part) => textsOf(part, binds));
  return valueTexts(condition.value, binds).flatMap((text) => [text, text.split('.')[0] ?? text]);
}

function valueTexts(value: SoqlValue, binds: BindValues): string[] {
  if (value.kind === 'string') return [value.value];
  if (value.kind === 'list') return value.values.flatMap((each) => valueTexts(each, binds));
  if (value.kind !== 'bind') return [];
  return itemsOf(binds.get(value) ?? null).filter((each) => typeof each === 'string');
}
