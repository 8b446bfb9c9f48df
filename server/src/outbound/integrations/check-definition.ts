import { unprocessable } from '../../http/problem.ts';
import { TEXT_TYPES } from '../../values/field-types.ts';
import type { BuiltField, BuiltTable } from '../../projects/tables.ts';
import { CONTACTS } from '../../projects/tables.ts';
import type { Definition } from './integration-schema.ts';

/** Throws a 422 problem for a definition that contradicts itself, or names a column that the table does not have. */
export function checkDefinition(table: BuiltTable, definition: Definition): void {
  checkColumns(table, definition);
  checkFields(definition);
  checkRules(definition);
  checkConsent(table, definition);
  checkMatching(definition);
}

function liveField(table: BuiltTable, name: string): BuiltField {
  const field = table.fields.find((each) => each.name === name && each.isArchived !== true);
  if (!field) throw unprocessable('unknown-column', `${table.code} has no field ${name}.`);
  return field;
}

function checkColumns(table: BuiltTable, { mapping, matching }: Definition): void {
  for (const entry of mapping) if ('column' in entry) liveField(table, entry.column);
  if (matching.by !== 'lookup') return;
  const field = liveField(table, matching.column);
  if (!TEXT_TYPES.has(field.type) || field.type === 'longtext')
    throw unprocessable(
      'lookup-column-type',
      `${matching.column} is ${field.type}: records are looked up by text, e-mail, phone or the like.`,
    );
}

function checkFields({ mapping, optInFields, matching }: Definition): void {
  const seen = new Set<string>();
  const names = [...mapping.map((entry) => entry.salesforceField), ...optInFields.map((each) => each.field)];
  if (matching.by === 'external-id') names.push(matching.field);
  for (const name of names) {
    if (name.toLowerCase() === 'id')
      throw unprocessable('field-not-writable', 'Id is Salesforce’s own: match by record id in its place.');
    if (seen.has(name.toLowerCase()))
      throw unprocessable('field-mapped-twice', `${name} is written by two entries of this integration.`);
    seen.add(name.toLowerCase());
  }
}

/** A field that is only filled where it is empty meets no other value. */
function checkRules({ mapping }: Definition): void {
  for (const entry of mapping) {
    if (entry.onlyWhenEmpty !== true) continue;
    if (entry.on === 'create')
      throw unprocessable(
        'rules-contradict',
        `${entry.salesforceField} is written on new records only, which are empty: take onlyWhenEmpty off, or on: create.`,
      );
    if ('column' in entry && entry.onConflict !== undefined)
      throw unprocessable(
        'rules-contradict',
        `${entry.salesforceField} is written only where the record has no value: there is no conflict that onConflict could decide. Take one of the two off.`,
      );
  }
}

function checkConsent(table: BuiltTable, { operations, mapping, optInFields }: Definition): void {
  const sendsRows = operations.includes('created') || operations.includes('updated');
  if (sendsRows && mapping.length === 0)
    throw unprocessable('mapping-missing', 'Map at least one field, or send opt-ins and deletions only.');
  if (!operations.includes('consent')) return;
  if (table.code !== CONTACTS)
    throw unprocessable('no-consent', `Opt-ins belong to contacts: ${table.code} has none to send.`);
  if (optInFields.length === 0)
    throw unprocessable('opt-in-field-missing', 'Say which checkbox an opt-in is written to.');
}

function checkMatching({ operations, matching }: Definition): void {
  if (operations.includes('created') && matching.by === 'record-id')
    throw unprocessable(
      'creation-not-repeatable',
      'New records need an external id field, or a field to look for them by: a creation that is repeated after a failure would make a second record otherwise.',
    );
  if (matching.by === 'lookup' && matching.several === 'all' && !operations.includes('consent'))
    throw unprocessable(
      'several-records',
      'Only consent is written to several records at once, and this integration sends none: refuse several records.',
    );
}
