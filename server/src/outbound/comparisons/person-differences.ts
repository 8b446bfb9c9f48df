import { placed, type PersonPart } from '../../people/person.ts';

/** Values of a person's that a comparison found to differ. */
export const personDifferences: PersonPart = {
  name: 'differences',
  tables: ['difference'],
  export: (session, { identities }) =>
    session.query(
      `SELECT d.at, t.code AS table, d.kind, d.column_name AS column, d.field, d.salesforce_id AS "recordId",
         d.row_value AS "rowValue", d.salesforce_value AS "salesforceValue"
       FROM di.difference d JOIN di.record_identity i ON i.id = d.identity_id JOIN di.project_table t ON t.id = i.table_id
       WHERE d.identity_id = ANY($1::uuid[]) ORDER BY d.id`,
      [identities],
    ),
  erase: async (session, { identities }) => {
    const gone = await session.query(
      'DELETE FROM di.difference WHERE identity_id = ANY($1::uuid[]) RETURNING 1',
      [identities],
    );
    return { erased: placed('differences', gone.length), kept: [] };
  },
};
