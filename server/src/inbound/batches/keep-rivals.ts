import { quoteIdentifier } from '../../database/identifiers.ts';
import type { Session } from '../../database/session.ts';
import { keyFields, keyObject } from '../../people/record-keys.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { Batch } from './batch.ts';
import { asBoolean } from './record-values.ts';
import { incoming, valueOf } from './incoming.sql.ts';
import { arraysOf } from './write-apart.ts';

/**
 * Keeps records of a batch that do not fill a row, since another record of the same key does. What a batch does not bring of
 * one that is known stays.
 */
export async function keepRivals(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  places: readonly number[],
): Promise<void> {
  if (places.length === 0) return;
  const { target, mapping } = batch;
  const fields = mapping.columns.map(({ field }) => field);
  const key = keyFields(target);
  const values = fields
    .filter((field) => !key.includes(field))
    .map((field) => `${valueOf(field)} AS ${quoteIdentifier(field.name)}`);
  await session.query(
    `INSERT INTO di.rival AS v (table_id, salesforce_id, connection_id, record_key, modstamp, is_converted, values)
     SELECT $1::uuid, i._id, $2::uuid, ${keyObject(key, (field) => `i.${quoteIdentifier(field.name)}`)}, i._stamp, i._converted,
       ${values.length === 0 ? "'{}'" : 'to_jsonb(n.*)'}
     FROM ${incoming(fields, 6, ['$3::boolean[]', '$4::text[]', '$5::timestamptz[]'])}
       AS i (_converted, _id, _stamp, ${fields.map(({ name }) => quoteIdentifier(name)).join(', ')})
     ${values.length === 0 ? '' : `CROSS JOIN LATERAL (SELECT ${values.join(', ')}) AS n`}
     ON CONFLICT (table_id, salesforce_id) DO UPDATE SET connection_id = EXCLUDED.connection_id,
       record_key = EXCLUDED.record_key, modstamp = EXCLUDED.modstamp, values = v.values || EXCLUDED.values,
       is_converted = EXCLUDED.is_converted, away_at = NULL,
       seen_at = CASE WHEN v.record_key = EXCLUDED.record_key AND v.away_at IS NULL THEN v.seen_at ELSE EXCLUDED.seen_at END
     WHERE v.modstamp <= EXCLUDED.modstamp AND (v.modstamp < EXCLUDED.modstamp OR v.away_at IS NOT NULL
       OR v.record_key <> EXCLUDED.record_key OR v.is_converted <> EXCLUDED.is_converted OR v.values || EXCLUDED.values <> v.values)`,
    [
      ...[target.tableId, target.connectionId],
      places.map((place) => isConverted(batch, place)),
      ...arraysOf(mapped, places, mapped.columns),
    ],
  );
}

/** Whether a record says of itself that it is a lead that was converted. */
export function isConverted({ body }: Batch, place: number): boolean {
  if (body.object.toLowerCase() !== 'lead') return false;
  const field = body.fields.findIndex((name) => name.toLowerCase() === 'isconverted');
  return field >= 0 && asBoolean(body.upserts[place]?.[field]) === true;
}
