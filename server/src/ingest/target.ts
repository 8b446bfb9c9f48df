import type pg from 'pg';
import type { Field } from '../projects/field-types.ts';
import type { MappingEntry } from '../transfers/transfers.ts';

/** The table and mapping that a batch is for. */
export interface Target {
  readonly transferId: string;
  readonly transferStatus: string | null;
  readonly version: number;
  readonly tableId: string;
  readonly tableCode: string;
  readonly schemaName: string;
  readonly primaryKey: readonly string[];
  readonly fields: readonly Field[];
  readonly mapping: readonly MappingEntry[];
}

interface Row {
  readonly connection_status: string | null;
  readonly organization_id: string | null;
  readonly table_id: string | null;
  readonly table_code: string;
  readonly schema_name: string;
  readonly primary_key: string[];
  readonly transfer_id: string | null;
  readonly transfer_status: string | null;
  readonly version: number;
  readonly mapping: MappingEntry[];
  readonly fields: Field[];
  readonly similar_code: string | null;
}

/** Everything a batch needs to know, in one round trip: connection, table, transfer, fields. */
const FIND_TARGET = `
  SELECT c.status AS connection_status, c.organization_id, t.id AS table_id, t.code AS table_code, p.schema_name, t.primary_key,
    x.id AS transfer_id, x.status AS transfer_status, x.version, x.mapping,
    (SELECT json_agg(json_build_object('name', f.name, 'label', f.label, 'type', f.type, 'length', f.length, 'precision', f.precision,
        'scale', f.scale, 'required', f.required, 'picklist', f.picklist) ORDER BY f.position)
      FROM di.table_field f WHERE f.table_id = t.id) AS fields,
    (SELECT s.code FROM di.project_table s WHERE s.project_id = c.project_id AND lower(s.code) = lower($2) AND s.code <> $2 LIMIT 1) AS similar_code
  FROM di.connection c
  JOIN di.project p ON p.id = c.project_id AND p.account_id = c.account_id
  LEFT JOIN di.project_table t ON t.project_id = c.project_id AND t.code = $2 AND t.built_at IS NOT NULL
  LEFT JOIN di.transfer x ON x.connection_id = c.id AND x.table_id = t.id AND lower(x.object) = lower($3)
  WHERE c.id = $1`;

export async function findTarget(
  pool: pg.Pool,
  wanted: { connectionId: string; tableCode: string; object: string },
): Promise<{
  connectionStatus: string | null;
  organizationId: string | null;
  similarCode: string | null;
  table: Target | null;
}> {
  const found = await pool.query<Row>({
    name: 'find_target',
    text: FIND_TARGET,
    values: [wanted.connectionId, wanted.tableCode, wanted.object],
  });
  const [row] = found.rows;
  if (!row) return { connectionStatus: null, organizationId: null, similarCode: null, table: null };
  const table: Target | null =
    row.table_id === null
      ? null
      : {
          transferId: row.transfer_id ?? '',
          transferStatus: row.transfer_status,
          version: row.version,
          tableId: row.table_id,
          tableCode: row.table_code,
          schemaName: row.schema_name,
          primaryKey: row.primary_key,
          fields: row.fields,
          mapping: row.mapping,
        };
  return {
    connectionStatus: row.connection_status,
    organizationId: row.organization_id,
    similarCode: row.similar_code,
    table,
  };
}
