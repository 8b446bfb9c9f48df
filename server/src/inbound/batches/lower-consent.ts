import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import type { Session } from '../../database/session.ts';
import type { Batch } from './batch.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import { identifyIn, type RecordKey } from '../../people/record-identities.ts';
import { keyFields, keyObject } from '../../people/record-keys.ts';
import { withdrawnBy, type Lowering, type LoweringRule } from '../../consent/lowering-rules.ts';
import { currentMoment } from '../../consent/moments.ts';
import { optInsOf, type OptIn } from '../../consent/opt-ins.ts';
import type { ConsentAct } from '../../consent/consent-act.ts';
import { recordConsent } from '../../consent/record-consent.ts';
import { addressOf, asBoolean, keyOf } from './record-values.ts';

/** A record that says that its person has opted out. */
interface Withdrawal {
  readonly place: number;
  readonly rule: LoweringRule;
}

/**
 * Withdraws the consent of those whose records say so, in the transaction of the batch. A record counts even where its row is
 * not written, since a newer one is there, it has no key any more, or a field is refused: an opt-out is never lost. It is said
 * then of whoever the record stands for until now, and of whoever it names. Nothing is raised.
 *
 * @param rows places of the records that are written
 * @param overtaken records that came late: what they say is of whoever they stand for now
 */
export async function lowerConsent(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  rows: readonly number[],
  overtaken: ReadonlySet<string>,
): Promise<void> {
  if (batch.lowering === null) return;
  const { keys, rules } = batch.lowering;
  const found = withdrawalsOf(rules, batch);
  if (found.length === 0) return;
  const optIns = await optInsOf(session, batch.target.projectId);
  const now = await currentMoment(session);
  const people = await peopleOf(session, batch, mapped, found, new Set(rows), overtaken);
  const identities = await identifyIn(
    session,
    batch.target.tableId,
    people.map(({ key }) => key),
  );
  const acts: ConsentAct[] = [];
  for (const [index, { key, withdrawal }] of people.entries()) {
    const address = addressOf(batch, mapped, withdrawal.place);
    const hash = address === null ? null : await keys.hashAddress(session, address);
    const person = { recordKey: key, identityId: identities[index] ?? '', addressHash: hash };
    for (const optIn of withdrawnBy(withdrawal.rule, optIns))
      acts.push({ ...person, ...actOf(batch, mapped, withdrawal, optIn, now) });
  }
  await recordConsent(session, batch.target.projectId, acts, { changesOnly: true });
}

interface WithdrawingPerson {
  readonly key: RecordKey;
  readonly withdrawal: Withdrawal;
}

/** The persons of whom records say something: of each one, or two where the record that stands is another version. */
async function peopleOf(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  withdrawals: readonly Withdrawal[],
  written: ReadonlySet<number>,
  overtaken: ReadonlySet<string>,
): Promise<WithdrawingPerson[]> {
  const unwritten = withdrawals.filter(({ place }) => !written.has(place));
  const present = await presentKeys(
    session,
    batch,
    unwritten.flatMap(({ place }) => mapped.ids[place] ?? []),
  );
  return withdrawals.flatMap((withdrawal): WithdrawingPerson[] => {
    const { place } = withdrawal;
    const id = mapped.ids[place] ?? '';
    const until = written.has(place) ? undefined : present.get(id);
    const isOwn = hasKeyAt(batch, mapped, place) && (until === undefined || !overtaken.has(id));
    const keys = [...(isOwn ? [keyOf(batch, mapped, place)] : []), ...(until === undefined ? [] : [until])];
    const distinct = new Map(keys.map((key) => [JSON.stringify(key), key]));
    return [...distinct.values()].map((key) => ({ key, withdrawal }));
  });
}

const hasKeyAt = ({ mapping }: Batch, mapped: MappedRecords, place: number): boolean =>
  mapping.key.every((column) => (mapped.columns[column]?.[place] ?? null) !== null);

function withdrawalsOf(rules: Lowering['rules'], { body }: Batch): Withdrawal[] {
  return body.upserts.flatMap((record, place) =>
    rules
      .filter((rule) => asBoolean(record[rule.index]) === rule.withdrawsWhen)
      .map((rule) => ({ place, rule })),
  );
}

/** The keys under which records stand now, in a row or as rivals, or stood when they were archived. */
async function presentKeys(
  session: Session,
  { target }: Batch,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RecordKey>> {
  if (ids.length === 0) return new Map();
  const key = keyObject(keyFields(target), (field) => `r.${quoteIdentifier(field.name)}`);
  const rows = await session.query<{ id: string; record_key: RecordKey }>(
    `SELECT r."_salesforce_id" AS id, ${key} AS record_key
     FROM ${quoteTable(target.schemaName, target.tableCode)} r WHERE r."_salesforce_id" = ANY($1::text[])
     UNION ALL SELECT v.salesforce_id, v.record_key FROM di.rival v
     WHERE v.table_id = $2::uuid AND v.salesforce_id = ANY($1::text[])`,
    [ids, target.tableId],
  );
  return new Map(rows.map((row) => [row.id, row.record_key]));
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
