import { placed, type PersonPart } from '../../people/person.ts';

/** Values of a person's that both sides had changed. */
export const personConflicts: PersonPart = {
  name: 'conflicts',
  tables: ['conflict'],
  export: (session, { identities }) =>
    session.query(
      `SELECT k.at, t.code AS table, k.column_name AS column, k.field, k.salesforce_id AS "recordId", k.base,
         k.project_value AS "projectValue", k.salesforce_value AS "salesforceValue", k.winner, k.rule
       FROM di.conflict k JOIN di.project_table t ON t.id = k.table_id
       WHERE k.identity_id = ANY($1::uuid[]) ORDER BY k.id`,
      [identities],
    ),
  erase: async (session, { identities }) => {
    const gone = await session.query(
      'DELETE FROM di.conflict WHERE identity_id = ANY($1::uuid[]) RETURNING 1',
      [identities],
    );
    return { erased: placed('conflicts', gone.length), kept: [] };
  },
};
