import type { Session } from '../database/session.ts';
import type { RecordKey } from './record-identities.ts';

/** Somebody who is the same person as somebody else, under another spelling of the key. */
export interface SamePerson {
  /** The identity that it was asked for. */
  readonly of: string;
  readonly identityId: string;
  readonly recordKey: RecordKey;
}

/** Who stands double with some identities: their rows are told apart by the spelling of an address or an id alone. */
export function samePersons(session: Session, identities: readonly string[]): Promise<SamePerson[]> {
  return session.query<SamePerson>(
    `WITH own AS (
       SELECT i.id, i.table_id, coalesce(d.normal_key, i.record_key) AS normal_key
       FROM unnest($1::uuid[]) AS g (id)
       CROSS JOIN LATERAL (SELECT n.* FROM di.record_identity n WHERE n.id = g.id OFFSET 0) AS i
       LEFT JOIN di.duplicate_row d
         ON d.table_id = i.table_id AND d.field_id IS NULL AND d.record_key = i.record_key)
     SELECT DISTINCT own.id AS "of", o.id AS "identityId", o.record_key AS "recordKey"
     FROM own
     JOIN di.duplicate_row d ON d.table_id = own.table_id AND d.field_id IS NULL AND d.normal_key = own.normal_key
     CROSS JOIN LATERAL (VALUES (d.record_key), (d.normal_key)) AS k (record_key)
     JOIN di.record_identity o ON o.table_id = own.table_id AND o.record_key = k.record_key AND o.id <> own.id`,
    [identities],
  );
}
