import type { Session } from '../database/session.ts';
import { placed, type Erased, type Person, type PersonPart } from '../persons/person.ts';

/** Batches that carried a person's records; their key, so that none is applied twice, stays. */
export const personBatches: PersonPart = {
  name: 'batches',
  tables: ['batch', 'batch_fault'],
  export: (session, person) =>
    session.query(
      `SELECT b.key AS batch, b.object, b.received_at AS "receivedAt", r.id AS "recordId",
         CASE WHEN r.id = ANY(b.deleted_ids) THEN 'delete' WHEN r.id = ANY(b.archived_ids) THEN 'archive' ELSE 'upsert' END AS operation,
         (SELECT j FROM json_array_elements(b.answer->'rejected') AS j WHERE j->>'id' = r.id LIMIT 1) AS rejection
       FROM ${CARRIED} ORDER BY b.received_at, r.id`,
      records(person),
    ),
  erase: eraseBatches,
};

const CARRIED = `unnest($1::uuid[], $2::text[]) AS r (table_id, id)
  JOIN di.batch b ON b.table_id = r.table_id
    AND (r.id = ANY(b.upserted_ids) OR r.id = ANY(b.archived_ids) OR r.id = ANY(b.deleted_ids))`;

function records(person: Person): [string[], string[]] {
  const pairs = person.records.flatMap(({ tableId, ids }) => ids.map((id) => [tableId, id] as const));
  return [pairs.map(([tableId]) => tableId), pairs.map(([, id]) => id)];
}

/** The ids go, and with them what was said of rejected records. */
async function eraseBatches(session: Session, person: Person): Promise<Erased> {
  const without = (column: string): string =>
    `ARRAY(SELECT e.id FROM unnest(b.${column}) WITH ORDINALITY AS e (id, place) WHERE NOT e.id = ANY($2::text[]) ORDER BY e.place)`;
  const changed = await session.query(
    `WITH carried AS (SELECT DISTINCT b.connection_id, b.key FROM ${CARRIED})
     UPDATE di.batch b SET
       upserted_ids = ${without('upserted_ids')}, archived_ids = ${without('archived_ids')}, deleted_ids = ${without('deleted_ids')},
       answer = CASE WHEN EXISTS (SELECT FROM json_array_elements(b.answer->'rejected') AS j WHERE j->>'id' = ANY($2::text[]))
         THEN (b.answer::jsonb || jsonb_build_object('rejected', (
           SELECT jsonb_agg(CASE WHEN j->>'id' = ANY($2::text[])
             THEN j || '{"id": null, "message": "The person of this record was erased."}' ELSE j END)
           FROM jsonb_array_elements(b.answer::jsonb->'rejected') AS j)))::json
         ELSE b.answer END
     FROM carried c WHERE b.connection_id = c.connection_id AND b.key = c.key RETURNING 1`,
    records(person),
  );
  await session.query(
    `DELETE FROM di.batch_fault f USING unnest($1::uuid[], $2::text[]) AS r (table_id, id)
     JOIN di.project_table t ON t.id = r.table_id
     JOIN di.connection c ON c.project_id = t.project_id
     WHERE f.connection_id = c.id AND f.kind = 'rejected' AND f.key = r.id`,
    records(person),
  );
  return { erased: placed('batches', changed.length), kept: [] };
}
