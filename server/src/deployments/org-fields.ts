import type { Knex } from 'knex';
import { RECORD_ID_FIELD, type FieldPurpose, type NewField } from './field-metadata.ts';
import { fieldNames } from './field-names.ts';

/** An opt-in that is to have fields. */
export interface AskedOptIn {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

/** Which fields an object is to have. */
export interface FieldsRequest {
  readonly optIns: readonly AskedOptIn[];
  /** Also the moment of the last change, beside each opt-in. */
  readonly changedAt: boolean;
  /** Also the id of the row that a record was made of. */
  readonly recordId: boolean;
}

/** A field with the opt-in that it shows; null for the record's id. */
export interface WantedField extends NewField {
  readonly optIn: AskedOptIn | null;
}

/** Where the fields go, and whose they are. */
export interface FieldPlace {
  readonly accountId: string;
  readonly connectionId: string;
  readonly organizationId: string;
  readonly object: string;
}

interface TakenRow {
  readonly field: string;
  readonly purpose: FieldPurpose;
  readonly opt_in_id: string | null;
}

/**
 * The fields that a request means, by name. Names are those that were taken for the same opt-ins before, or the first that
 * no other opt-in of the org has.
 */
export async function wantedFields(
  knex: Knex,
  place: FieldPlace,
  request: FieldsRequest,
): Promise<WantedField[]> {
  // Of every account: two of them may be at home in one org, and a field is one opt-in's.
  const taken = await knex('di.org_field')
    .where({ organization_id: place.organizationId })
    .whereRaw('lower(object) = lower(?)', [place.object])
    .select<TakenRow[]>('field', 'purpose', 'opt_in_id');
  const names = new Set(taken.map((row) => row.field.toLowerCase()));
  const wanted: WantedField[] = [];
  for (const optIn of request.optIns)
    for (const purpose of request.changedAt
      ? (['opt-in', 'opt-in-changed'] as const)
      : (['opt-in'] as const)) {
      const known = taken.find((row) => row.opt_in_id === optIn.id && row.purpose === purpose)?.field;
      const candidates = fieldNames(optIn.code, optIn.id, purpose === 'opt-in-changed');
      const name = known ?? candidates.find((each) => !names.has(each.toLowerCase()));
      if (name === undefined) throw new Error(`Every name for the opt-in ${optIn.code} is taken.`);
      names.add(name.toLowerCase());
      wanted.push({ name, label: labelOf(optIn, purpose), purpose, optIn });
    }
  if (request.recordId)
    wanted.push({ name: RECORD_ID_FIELD, label: 'DI Record Id', purpose: 'record-id', optIn: null });
  return wanted;
}

function labelOf(optIn: AskedOptIn, purpose: FieldPurpose): string {
  return purpose === 'opt-in' ? optIn.name : `${optIn.name} (changed)`;
}

/** Takes the names for good. Answers whether they were free; where they were not, somebody else was quicker. */
export async function takeNames(
  knex: Knex,
  place: FieldPlace,
  fields: readonly WantedField[],
): Promise<boolean> {
  const rows = fields.map((field) => ({
    account_id: place.accountId,
    connection_id: place.connectionId,
    organization_id: place.organizationId,
    object: place.object,
    field: field.name,
    purpose: field.purpose,
    opt_in_id: field.optIn?.id ?? null,
  }));
  if (rows.length > 0) await knex('di.org_field').insert(rows).onConflict().ignore();
  const again = await knex('di.org_field')
    .where({ organization_id: place.organizationId })
    .whereRaw('lower(object) = lower(?)', [place.object])
    .select<TakenRow[]>('field', 'purpose', 'opt_in_id');
  return fields.every((field) =>
    again.some(
      (row) =>
        row.field.toLowerCase() === field.name.toLowerCase() &&
        row.purpose === field.purpose &&
        row.opt_in_id === (field.optIn?.id ?? null),
    ),
  );
}

/** Notes that fields are there. */
export async function noteMade(knex: Knex, place: FieldPlace, names: readonly string[]): Promise<void> {
  await knex('di.org_field')
    .where({ organization_id: place.organizationId, account_id: place.accountId })
    .whereRaw('lower(object) = lower(?)', [place.object])
    .whereIn('field', names)
    .update({ made_at: knex.fn.now() });
}
