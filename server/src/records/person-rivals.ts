import type { Session } from '../database/session.ts';
import { placed, type Erased, type Person, type PersonPart } from '../people/person.ts';

/** Records of a person that wait for a row of theirs, with the values they would fill it with. */
export const personRivals: PersonPart = {
  name: 'rivals',
  tables: ['rival', 'left_out'],
  export: (session, person) =>
    session.query(
      `SELECT t.code AS table, v.salesforce_id AS "recordId", v.record_key AS key, v.modstamp AS version, v.values,
         v.seen_at AS "seenAt", v.away_at AS "awayAt"
       FROM unnest($1::uuid[], $2::text[]) AS r (table_id, id)
       JOIN di.rival v ON v.table_id = r.table_id AND v.salesforce_id = r.id
       JOIN di.project_table t ON t.id = v.table_id ORDER BY v.salesforce_id`,
      records(person),
    ),
  erase: eraseRivals,
};

/** That a record was left out goes too: it had a key once. */
async function eraseRivals(session: Session, person: Person): Promise<Erased> {
  const erased = await session.query(
    `DELETE FROM di.rival v USING unnest($1::uuid[], $2::text[]) AS r (table_id, id)
     WHERE v.table_id = r.table_id AND v.salesforce_id = r.id RETURNING 1`,
    records(person),
  );
  await session.query(
    `DELETE FROM di.left_out l USING unnest($1::uuid[], $2::text[]) AS r (table_id, id)
     JOIN di.transfer x ON x.table_id = r.table_id
     WHERE l.transfer_id = x.id AND l.salesforce_id = r.id`,
    records(person),
  );
  return { erased: placed('rivals', erased.length), kept: [] };
}

function records(person: Person): [string[], string[]] {
  const pairs = person.records.flatMap(({ tableId, ids }) => ids.map((id) => [tableId, id] as const));
  return [pairs.map(([tableId]) => tableId), pairs.map(([, id]) => id)];
}
