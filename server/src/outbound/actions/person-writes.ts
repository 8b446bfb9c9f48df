import type { Session } from '../../database/session.ts';
import { placed, recordIdsOf, type Person, type PersonPart } from '../../people/person.ts';

/** Events and items of actions that concern a person: by whom they are for, or by what they say. */
export const personWrites: PersonPart = {
  name: 'events',
  tables: ['write_item'],
  export: (session, person) =>
    session.query(
      `SELECT q.kind, i.key, i.occasion, i.status, i.attempts, i.received_at AS "receivedAt", i.finished_at AS "finishedAt",
         i.body, i.outcomes
       ${CONCERNING} ORDER BY i.id`,
      concerning(person),
    ),
  erase: async (session: Session, person: Person) => {
    const gone = await session.query(
      `DELETE FROM di.write_item WHERE id = ANY(ARRAY(SELECT i.id ${CONCERNING})) RETURNING 1`,
      concerning(person),
    );
    return { erased: placed('events', gone.length), kept: [] };
  },
};

/**
 * What a table's own changes have asked for is for a key, as the database writes it. A value of the body counts where it is
 * the address, or the record's id, from its first to its last character.
 */
const CONCERNING = `
  FROM di.write_item i JOIN di.write_queue q ON q.id = i.queue_id
  WHERE q.id IN (
      SELECT s.id FROM di.event_source s WHERE s.account_id = $1::uuid AND s.project_id = $2::uuid
      UNION ALL SELECT a.id FROM di.action a WHERE a.account_id = $1::uuid AND a.project_id = $2::uuid)
    AND (i.person = ANY($3::text[])
      OR i.person IN (SELECT left(lower(k::text), 500) FROM jsonb_array_elements($6::jsonb) AS k)
      OR EXISTS (SELECT FROM (SELECT lower(i.body::text COLLATE "C") AS body OFFSET 0) AS said, unnest($4::text[]) AS n (value)
           WHERE strpos(said.body, n.value) > 0)
      OR EXISTS (SELECT FROM unnest($5::text[]) AS n (value) WHERE strpos(lower(i.body::text), lower(n.value)) > 0))`;

/** Values of ASCII alone are looked for without a language's letters in mind, which is many times faster. */
function concerning(person: Person): unknown[] {
  const values = [...person.addresses, ...recordIdsOf(person)].map((value) =>
    JSON.stringify(value).toLowerCase(),
  );
  const isAscii = (value: string): boolean => Buffer.byteLength(value) === value.length;
  return [
    person.accountId,
    person.project.id,
    person.addresses,
    values.filter(isAscii),
    values.filter((value) => !isAscii(value)),
    JSON.stringify(person.keys),
  ];
}
