import type { CheckSource } from '../connections/org-checks.ts';
import { fieldsOf } from '../projects/mapping-schema.ts';
import { transfersOfConnection } from './transfers.ts';

/** What is read for a connection's transfers. */
export const transferChecks: CheckSource = async (knex, connection) => {
  const transfers = await transfersOfConnection(knex, connection.id);
  return transfers.map(({ object, fields }) => ({
    object,
    needs: ['read'],
    fields: [...new Set(fields.flatMap(fieldsOf))].map((name) => ({ name, needs: 'read' })),
  }));
};
