import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import type { Session } from '../database/session.ts';
import type { Batch } from '../ingest/batch.ts';
import type { MappedRecords } from '../ingest/mapping.ts';
import { identifyIn, type RecordKey } from '../records/record-identities.ts';
import { keyFields, keyObject, keyValue } from '../records/record-keys.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { addressField } from './contacts.ts';
import type { LoweringRule } from './lowering-rules.ts';
import { currentMoment } from './moments.ts';
import { optInsOf, type OptIn } from './opt-ins.ts';
import { recordConsent, type ConsentAct } from './record-consent.ts';

/** What of the records of a batch withdraws consent. */
export interface Lowering {
  readonly keys: ConsentKeys;
  /** Rules whose field comes with the batch, and its place among the fields. */
  readonly rules: readonly (LoweringRule & { readonly index: number })[];
}

/** Null where nothing does: most transfers pay nothing for this. */
export function compileLowering(
  rules: readonly LoweringRule[],
  fields: readonly string[],
  keys: ConsentKeys,
): Lowering | null {
  const places = new Map(fields.map((name, index) => [name.toLowerCase(), index]));
  const known = rules.flatMap((rule) => {
    const index = places.get(rule.salesforceField.toLowerCase());
    return index === undefined ? [] : [{ ...rule, index }];
  });
  return known.length === 0 ? null : { keys, rules: known };
}

/** A record that says that its person has opted out. */
interface Withdrawal {
  readonly place: number;
  readonly rule: LoweringRule;
}

/**
 * Withdraws the consent of those whose records say so, in the transaction of the batch. A record counts even where its row
 * is not written, since a newer one is there or another field is refused: an opt-out is never lost. Nothing is raised.
 */
export async function lowerConsent(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  overtaken: ReadonlySet<string>,
): Promise<void> {
  if (batch.lowering === null) return;
  const { keys, rules } = batch.lowering;
  const found = withdrawalsOf(rules, batch, mapped);
  if (found.length === 0) return;
  const optIns = await optInsOf(session, batch.target.projectId);
  const now = await currentMoment(session);
  const late = found.flatMap(({ place }) => mapped.ids[place] ?? []).filter((id) => overtaken.has(id));
  const moved = await presentKeys(session, batch, late);
  const people = found.map(({ place }) => moved.get(mapped.ids[place] ?? '') ?? keyOf(batch, mapped, place));
  const identities = await identifyIn(session, batch.target.tableId, people);
  const acts: ConsentAct[] = [];
  for (const [index, withdrawal] of found.entries()) {
    const address = addressOf(batch, mapped, withdrawal.place);
    const hash = address === null ? null : await keys.hashAddress(session, address);
    const person = { recordKey: people[index] ?? {}, identityId: identities[index] ?? '', addressHash: hash };
    for (const optIn of covered(optIns, withdrawal.rule))
      acts.push({ ...person, ...actOf(batch, mapped, withdrawal, optIn, now) });
  }
  await recordConsent(session, batch.target.projectId, acts, { changesOnly: true });
}

function withdrawalsOf(
  rules: Lowering['rules'],
  { body, mapping }: Batch,
  mapped: MappedRecords,
): Withdrawal[] {
  return body.upserts.flatMap((record, place) => {
    if (mapping.key.some((column) => (mapped.columns[column]?.[place] ?? null) === null)) return [];
    return rules
      .filter((rule) => asBoolean(record[rule.index]) === rule.withdrawsWhen)
      .map((rule) => ({ place, rule }));
  });
}

/** What a checkbox says: values come as JSON's, or as text where they were read by Bulk API. */
export function asBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** The primary key that a record has in the batch. */
export function keyOf({ mapping }: Pick<Batch, 'mapping'>, mapped: MappedRecords, place: number): RecordKey {
  const values = mapping.key.flatMap((column) => {
    const field = mapping.columns[column]?.field;
    const value = mapped.columns[column]?.[place] ?? null;
    return field && value !== null ? [[field.name, keyValue(field, value)] as const] : [];
  });
  return Object.fromEntries(values);
}

/** The keys under which records stand now that came late, with an older one. */
async function presentKeys(
  session: Session,
  { target }: Batch,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordKey>> {
  if (ids.length === 0) return new Map();
  const key = keyObject(keyFields(target), (field) => `r.${quoteIdentifier(field.name)}`);
  const rows = await session.query<{ id: string; record_key: RecordKey }>(
    `SELECT r."_salesforce_id" AS id, ${key} AS record_key
     FROM ${quoteTable(target.schemaName, target.tableCode)} r WHERE r."_salesforce_id" = ANY($1::text[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.record_key]));
}

export function addressOf({ mapping, target }: Batch, mapped: MappedRecords, place: number): string | null {
  const field = addressField(target);
  const column = mapping.columns.findIndex((each) => each.field.name === field?.name);
  return mapped.columns[column]?.[place] ?? null;
}

function covered(optIns: readonly OptIn[], rule: LoweringRule): readonly OptIn[] {
  return rule.optIn === null ? optIns : optIns.filter((optIn) => optIn.code === rule.optIn);
}

function actOf(
  { target, body, idempotencyKey }: Batch,
  mapped: MappedRecords,
  { place, rule }: Withdrawal,
  optIn: OptIn,
  now: Date,
): Omit<ConsentAct, 'identityId' | 'recordKey' | 'addressHash'> {
  const stamp = mapped.stamps[place] ?? '';
  const changed = stamp === '' ? now : new Date(stamp);
  return {
    optInId: optIn.id,
    asked: 'withdrawn',
    source: 'salesforce',
    actor: { kind: 'connection', id: target.connectionId, name: 'Salesforce' },
    occurredAt: changed > now ? now : changed,
    pendingUntil: null,
    reference: null,
    proof: {
      object: body.object,
      recordId: mapped.ids[place] ?? '',
      field: rule.salesforceField,
      systemModstamp: stamp,
      batch: idempotencyKey,
    },
    note: null,
  };
}
