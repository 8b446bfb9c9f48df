import type { RequestHandler } from 'express';
import type pg from 'pg';
import { z } from 'zod';
import { quoteIdentifier } from '../database/identifiers.ts';
import { unprocessable } from '../http/problem.ts';
import { parameter, validated } from '../http/route.ts';
import type { Projects } from './projects.ts';

const query = z.strictObject({
  limit: z.coerce.number().int().min(0).max(1000).default(100),
  after: z.string().optional(),
});

/** Rows in the order of the primary key; `after` is the key of the last one seen, as JSON. */
export function listRows(pool: pg.Pool, projects: Projects): RequestHandler {
  return async (request, response) => {
    const { limit, after } = validated(query, request.query);
    const project = await projects.find(parameter(request.params, 'project'));
    const table = await projects.table(project.id, parameter(request.params, 'table'));
    if (!table.isBuilt) throw unprocessable('table-not-built', 'Build the tables of the project first.');
    const name = `${quoteIdentifier(project.schemaName)}.${quoteIdentifier(table.code)}`;
    const key = table.primaryKey.map(quoteIdentifier).join(', ');
    const from = after === undefined ? null : keyOf(after, table.primaryKey.length);
    const condition = from
      ? `WHERE (${key}) > (${from.map((_value, index) => `$${index + 2}`).join(', ')})`
      : '';
    const rows = await pool.query<Record<string, unknown>>(
      `SELECT * FROM ${name} ${condition} ORDER BY ${key} LIMIT $1`,
      [limit, ...(from ?? [])],
    );
    const counted = await pool.query<{ count: number }>(`SELECT count(*) AS count FROM ${name}`);
    const last = rows.rows.at(-1);
    response.json({
      count: counted.rows[0]?.count ?? 0,
      rows: rows.rows,
      next:
        last && rows.rows.length === limit
          ? JSON.stringify(table.primaryKey.map((column) => last[column]))
          : null,
    });
  };
}

function keyOf(text: string, size: number): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.length === size) return value;
  } catch {
    // Said below, as for every other text that is no key.
  }
  throw unprocessable('invalid-cursor', 'after is not a key that this listing has given.');
}
