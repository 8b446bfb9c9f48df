import type { Session } from '../../database/session.ts';
import { INTO_CONFLICTS } from '../../inbound/batches/contested-deliveries.ts';
import type { Settled } from '../deliveries/outcomes.ts';
import type { Integration } from '../integrations/integrations.ts';

/**
 * Notes what the project had changed of rows that were archived before it was sent, since their records were deleted: if a
 * record comes back, its row has Salesforce's values. A delivery that has changed since it was read is planned again. Call it
 * before the deliveries end.
 */
export async function keepArchivedEdits(
  session: Session,
  { id, projectId, tableId, connectionId, object, mapping }: Integration,
  settled: readonly Settled[],
): Promise<void> {
  const lost = settled.flatMap(({ claim: { archivedEdit, ...claim } }) =>
    archivedEdit ? [{ id: claim.id, revision: claim.revision, ...archivedEdit }] : [],
  );
  if (lost.length === 0) return;
  await session.query(
    `${INTO_CONFLICTS}
     SELECT $1, $2, $3, $4, $5, d.identity_id, l.record_id, v.key, m.field, d.base->v.key, v.value, 'null'::jsonb,
       (d.edited_at->>v.key)::timestamptz, now(), 'archived', 'salesforce'
     FROM unnest($6::bigint[], $7::bigint[], $8::text[], $9::jsonb[]) AS l (id, revision, record_id, values)
     JOIN di.delivery d ON d.id = l.id AND d.revision = l.revision
     CROSS JOIN LATERAL jsonb_each(l.values) v
     JOIN unnest($10::text[], $11::text[]) AS m (name, field) ON m.name = v.key`,
    [
      ...[projectId, tableId, connectionId, object, id],
      lost.map((each) => each.id),
      lost.map((each) => each.revision),
      lost.map((each) => each.recordId),
      lost.map((each) => each.values),
      ...columnsOf(mapping),
    ],
  );
}

/** Columns that are sent, and the field of each. */
function columnsOf(mapping: Integration['mapping']): readonly [readonly string[], readonly string[]] {
  const fields = new Map(
    mapping.flatMap((entry) => ('column' in entry ? [[entry.column, entry.salesforceField] as const] : [])),
  );
  return [[...fields.keys()], [...fields.values()]];
}
