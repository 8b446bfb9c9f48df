import type { Knex } from 'knex';
import { z } from 'zod';
import { notFound, unprocessable } from '../http/problem.ts';
import type { MappingEntry } from '../projects/mapping-schema.ts';
import type { BuiltTable } from '../projects/tables.ts';
import { keepObject } from '../salesforce/org-objects.ts';
import {
  SalesforceFault,
  type OrgObject,
  type SalesforceOrg,
  type SalesforceOrgs,
} from '../salesforce/org.ts';
import { soqlName } from '../salesforce/soql.ts';
import { TEXT_TYPES } from '../values/field-types.ts';
import { suggestMapping } from '../values/suggest-mapping.ts';
import { misfitsOf } from './compatibility.ts';
import { findAnyDescription, listDescriptions, type DescribedField } from './object-descriptions.ts';

/** Who said what a list has: the org itself, as the authorized user sees it, or the plugin. */
const source = z.enum(['org', 'plugin']);

export const knownObjects = z.object({
  source,
  objects: z.array(
    z.object({
      object: z.string(),
      label: z.string(),
      isCreatable: z.boolean().nullable(),
      isUpdatable: z
        .boolean()
        .nullable()
        .meta({ description: 'Null where only the plugin has described it' }),
      fields: z
        .int()
        .nullable()
        .meta({ description: 'Fields that the plugin described; null where it has not' }),
      describedAt: z.iso.datetime().nullable(),
    }),
  ),
});
export type KnownObjects = z.output<typeof knownObjects>;

const knownField = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.int().nullable(),
  precision: z.int().nullable(),
  scale: z.int().nullable(),
  isCreatable: z.boolean().nullable(),
  isUpdatable: z.boolean().nullable().meta({ description: 'Null where only the plugin has described it' }),
  isFilterable: z.boolean().nullable(),
  isExternalId: z.boolean().nullable(),
  parent: z
    .object({ path: z.string(), object: z.string() })
    .nullable()
    .meta({ description: 'The object that a reference leads to, and the path of its fields' }),
});

export const knownFields = z.object({
  source,
  label: z.string(),
  fields: z.array(knownField),
  suggested: z
    .array(z.object({ column: z.string(), salesforceField: z.string() }))
    .meta({ description: 'Of a table: which field most likely fills which column, where it fits' }),
});
export type KnownFields = z.output<typeof knownFields>;

/** Objects of a connection's org: as the org lists them where it may be asked, else those that the plugin has described. */
export async function objectsOf(
  knex: Knex,
  orgs: SalesforceOrgs,
  connectionId: string,
): Promise<KnownObjects> {
  const objects = await asked(orgs, connectionId, (org) => org.listObjects());
  const described = await listDescriptions(knex, connectionId);
  if (objects === null)
    return {
      source: 'plugin',
      objects: described.map((each) => ({
        ...each,
        label: each.object,
        isCreatable: null,
        isUpdatable: null,
      })),
    };
  const byName = new Map(described.map((each) => [each.object.toLowerCase(), each]));
  return {
    source: 'org',
    objects: objects
      .filter(({ isQueryable }) => isQueryable)
      .map(({ name, label, isCreateable, isUpdateable }) => {
        const { fields = null, describedAt = null } = byName.get(name.toLowerCase()) ?? {};
        const rights = { isCreatable: isCreateable, isUpdatable: isUpdateable };
        return { object: name, label, ...rights, fields, describedAt };
      }),
  };
}

/**
 * Fields of an object: as the org describes them now where it may be asked, which is kept for all who judge mappings, else
 * as the plugin did. Throws a 404 problem where neither knows the object.
 */
export async function fieldsOfObject(
  knex: Knex,
  orgs: SalesforceOrgs,
  connectionId: string,
  object: string,
  table: BuiltTable | null,
): Promise<KnownFields> {
  const described = await asked(orgs, connectionId, (org) => org.describe(object));
  if (described !== null) await keepObject(knex, connectionId, described);
  const known = await findAnyDescription(knex, connectionId, object);
  if (known === null) throw notFound(`description of ${object}: the org has not sent one`);
  const fields = described === null ? [...known.values()].map(ofPlugin) : described.fields.map(ofOrg);
  return {
    source: described === null ? 'plugin' : 'org',
    label: described?.label ?? object,
    fields,
    suggested: table === null ? [] : suggestions(table, fields, known),
  };
}

/** What an org answers; null where nobody may ask it, and where it has no such object. */
async function asked<T>(
  orgs: SalesforceOrgs,
  connectionId: string,
  ask: (org: SalesforceOrg) => Promise<T>,
): Promise<T | null> {
  try {
    return await ask(await orgs.open(connectionId, 'checks'));
  } catch (error) {
    if (error instanceof SalesforceFault) return null;
    throw error;
  }
}

type KnownField = KnownFields['fields'][number];

function ofPlugin({ name, type, length, precision, scale }: DescribedField): KnownField {
  return {
    ...{ name, label: name, type },
    ...{ length: length ?? null, precision: precision ?? null, scale: scale ?? null },
    ...{ isCreatable: null, isUpdatable: null, isFilterable: null, isExternalId: null, parent: null },
  };
}

function ofOrg(field: OrgObject['fields'][number]): KnownField {
  const { name, label, type, length, precision, scale, referenceTo } = field;
  const [parent, ...others] = referenceTo;
  const path = /__c$/i.test(name) ? name.replace(/c$/i, 'r') : name.replace(/Id$/, '');
  return {
    ...{ name, label: label || name, type },
    length: length > 0 ? length : null,
    ...(precision > 0 ? { precision, scale } : { precision: null, scale: null }),
    ...{ isCreatable: field.isCreateable, isUpdatable: field.isUpdateable },
    ...{ isFilterable: field.isFilterable, isExternalId: field.isExternalId },
    parent:
      parent === undefined || others.length > 0 || path === name
        ? null
        : { path: `${path}.`, object: parent },
  };
}

/** Pairs of which each fits, by the fields' names and, for columns that are left, by their labels. */
function suggestions(
  { fields: columns }: BuiltTable,
  fields: readonly KnownField[],
  described: ReadonlyMap<string, DescribedField>,
): { column: string; salesforceField: string }[] {
  const found: MappingEntry[] = [];
  for (const wordsOf of [({ name }: KnownField) => name, ({ label }: KnownField) => label]) {
    const taken = { columns: new Set<string>(), fields: new Set<string>() };
    for (const entry of found) {
      taken.columns.add(entry.column);
      if ('salesforceField' in entry) taken.fields.add(entry.salesforceField);
    }
    const named = new Map(
      fields.filter(({ name }) => !taken.fields.has(name)).map((field) => [wordsOf(field), field.name]),
    );
    const targets = columns
      .filter(({ name, isArchived }) => isArchived !== true && !taken.columns.has(name))
      .map(({ name, label, type }) => ({ name, label, type }));
    for (const { heading, to } of suggestMapping([...named.keys()], targets)) {
      const entry = { column: to, salesforceField: named.get(heading) ?? '' };
      if (isLikely(entry, columns, described)) found.push(entry);
    }
  }
  return found.flatMap((entry) =>
    'salesforceField' in entry ? [{ column: entry.column, salesforceField: entry.salesforceField }] : [],
  );
}

/** Types that a text column takes, though nobody means them by its name. */
const NO_TEXT = new Set(['boolean', 'date', 'datetime', 'time', 'id', 'reference']);

/** Whether a pair fits, and is of a kind. */
function isLikely(
  entry: { column: string; salesforceField: string },
  columns: BuiltTable['fields'],
  described: ReadonlyMap<string, DescribedField>,
): boolean {
  const type = described.get(entry.salesforceField.toLowerCase())?.type ?? '';
  const column = columns.find(({ name }) => name === entry.column);
  if (column !== undefined && TEXT_TYPES.has(column.type) && NO_TEXT.has(type)) return false;
  return misfitsOf([entry], columns, described).every(({ level }) => level !== 'misfit');
}

/** Types whose values are no text that a mapping could take. */
const UNREADABLE = new Set(['base64', 'address', 'location', 'complexvalue']);
/** Records that are looked at: of those changed last, the one that says most. */
const LOOKED_AT = 5;

/** A real record of an object, by field; null where there is none. Throws a 422 problem where the org does not answer. */
export async function sampleOf(
  orgs: SalesforceOrgs,
  connectionId: string,
  object: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const org = await orgs.open(connectionId, 'checks');
    const { name, fields } = await org.describe(object);
    const names = fields.filter(({ type }) => !UNREADABLE.has(type.toLowerCase())).map((field) => field.name);
    const order = names.includes('LastModifiedDate') ? ' ORDER BY LastModifiedDate DESC' : '';
    const soql = `SELECT ${names.map(soqlName).join(', ')} FROM ${soqlName(name)}${order} LIMIT ${LOOKED_AT}`;
    const records: Readonly<Record<string, unknown>>[] = [];
    // In a body: the names of hundreds of fields are longer than an address may be.
    for await (const page of org.querySeveral([soql])) records.push(...page);
    return fullest(records);
  } catch (error) {
    if (!(error instanceof SalesforceFault)) throw error;
    throw unprocessable('no-sample', error.message);
  }
}

function fullest(
  records: readonly Readonly<Record<string, unknown>>[],
): Readonly<Record<string, unknown>> | null {
  const filled = (record: Readonly<Record<string, unknown>>): number =>
    Object.values(record).filter((value) => value !== null).length;
  return records.reduce<Readonly<Record<string, unknown>> | null>(
    (best, each) => (best === null || filled(each) > filled(best) ? each : best),
    null,
  );
}
