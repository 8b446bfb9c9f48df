import type { Knex } from 'knex';
import { z } from 'zod';
import type { OrgField } from '../salesforce/org.ts';
import { keptObject } from '../salesforce/org-objects.ts';

/** Types of Salesforce fields, as describe calls them. */
export const SALESFORCE_TYPES = [
  'string',
  'textarea',
  'email',
  'phone',
  'url',
  'picklist',
  'multipicklist',
  'combobox',
  'id',
  'reference',
  'int',
  'long',
  'double',
  'currency',
  'percent',
  'boolean',
  'date',
  'datetime',
  'time',
  'base64',
  'address',
  'location',
  'encryptedstring',
  'anytype',
] as const;
export type SalesforceType = (typeof SALESFORCE_TYPES)[number];

/** What describe says of a field. */
export const describedFieldSchema = z.strictObject({
  name: z.string().min(1).max(255),
  type: z.enum(SALESFORCE_TYPES),
  /** Characters, for text. */
  length: z.int().min(0).nullish(),
  /** Digits of a number, and how many of them stand after the point. */
  precision: z.int().min(0).nullish(),
  scale: z.int().min(0).nullish(),
  /** Values of a picklist that is restricted to them. */
  values: z.array(z.string().max(255)).max(10_000).nullish(),
});
export type DescribedField = z.output<typeof describedFieldSchema>;

/** Keeps what an org says of an object's fields, in the place of what it said before. */
export async function keepDescription(
  knex: Knex,
  connectionId: string,
  object: string,
  fields: readonly DescribedField[],
): Promise<void> {
  await knex('di.object_description')
    .insert({
      connection_id: connectionId,
      object: object.toLowerCase(),
      fields: JSON.stringify(fields),
      described_at: knex.fn.now(),
    })
    .onConflict(['connection_id', 'object'])
    .merge();
}

/** Fields of an object by their name in lower case, as the plugin described them; null where it has not. */
export async function findDescription(
  knex: Knex,
  connectionId: string,
  object: string,
): Promise<ReadonlyMap<string, DescribedField> | null> {
  const row = await descriptionRow(knex, connectionId, object);
  return row ? byName(row.fields) : null;
}

/**
 * The same, with what the authorized user saw last; null where nobody has described the object. They may see different
 * fields; of one that both do, the later word counts.
 */
export async function findAnyDescription(
  knex: Knex,
  connectionId: string,
  object: string,
): Promise<ReadonlyMap<string, DescribedField> | null> {
  const row = await descriptionRow(knex, connectionId, object);
  const kept = await keptObject(knex, connectionId, object);
  const ofOrg = kept?.object.fields.map(describedField) ?? [];
  if (!row) return kept && byName(ofOrg);
  const isOrgLater = kept !== null && kept.describedAt > row.described_at;
  return byName(isOrgLater ? [...row.fields, ...ofOrg] : [...ofOrg, ...row.fields]);
}

function descriptionRow(
  knex: Knex,
  connectionId: string,
  object: string,
): Promise<{ fields: DescribedField[]; described_at: Date } | undefined> {
  return knex('di.object_description')
    .where({ connection_id: connectionId, object: object.toLowerCase() })
    .first<{ fields: DescribedField[]; described_at: Date } | undefined>('fields', 'described_at');
}

const TYPES: ReadonlySet<string> = new Set(SALESFORCE_TYPES);

function isSalesforceType(type: string): type is SalesforceType {
  return TYPES.has(type);
}

/** A field as the plugin would describe it. */
function describedField(field: OrgField): DescribedField {
  const { name, precision, scale, isRestrictedPicklist, picklist } = field;
  const type = field.type.toLowerCase();
  return {
    ...{ name, length: field.length, precision, scale },
    // Types that are newer than this list are looked at value by value.
    type: isSalesforceType(type) ? type : 'anytype',
    values: isRestrictedPicklist ? [...picklist] : null,
  };
}

/** The objects that an org has described, with how many fields each has. */
export async function listDescriptions(
  knex: Knex,
  connectionId: string,
): Promise<{ object: string; fields: number; describedAt: string }[]> {
  const rows = await knex('di.object_description')
    .where({ connection_id: connectionId })
    .orderBy('object')
    .select<{ object: string; fields: number; described_at: Date }[]>(
      'object',
      knex.raw('jsonb_array_length(fields) AS fields'),
      'described_at',
    );
  return rows.map(({ object, fields, described_at: at }) => ({
    object,
    fields,
    describedAt: at.toISOString(),
  }));
}

/** Fields by their name in lower case, as Salesforce compares names. */
export function byName(fields: readonly DescribedField[]): ReadonlyMap<string, DescribedField> {
  return new Map(fields.map((field) => [field.name.toLowerCase(), field]));
}
