import { COLUMNS } from './records.ts';

/** The least that is done in the database for a batch: a plain table of the same rows, and one statement that writes them. */
export function floorOf(name: string): { readonly table: string; readonly text: string } {
  const columns = COLUMNS.map(([column]) => column).join(', ');
  const shape = COLUMNS.map(([column, type]) => `${column} ${type}`).join(', ');
  const others = COLUMNS.filter(([column]) => column !== 'email');
  const values = others.map(([column]) => `${column} = EXCLUDED.${column}`);
  return {
    table: `DROP TABLE IF EXISTS ${name}; CREATE TABLE ${name} (${shape}, PRIMARY KEY (email))`,
    text: `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM json_to_recordset($1::json) AS r(${shape})
    ON CONFLICT (email) DO UPDATE SET ${values.join(', ')}`,
  };
}
