import type pg from 'pg';
import { fingerprint } from './fingerprint.ts';
import type { Manifest } from './manifest.ts';
import { movedSince, rewrittenSince } from './moved.ts';

/**
 * What a database holds now of a version's snapshot, and what it held before, each by table: equal where nothing was lost but
 * what is said to have moved.
 */
export async function heldAndKept(
  client: pg.ClientBase,
  version: string,
  manifest: Manifest,
): Promise<{ now: Record<string, unknown>; before: Record<string, unknown> }> {
  const now: Record<string, unknown> = {};
  const before: Record<string, unknown> = {};
  const [moved, rewritten] = [movedSince(version), rewrittenSince(version)];
  for (const [table, kept] of Object.entries(manifest.tables)) {
    if (moved.has(table)) continue;
    const columns = Object.keys(kept.columns).filter((column) => !moved.has(`${table}.${column}`));
    before[table] = {
      ...{ rows: kept.rows, key: kept.key },
      columns: Object.fromEntries(columns.map((column) => [column, kept.columns[column]])),
    };
    now[table] = await fingerprint(client, table, kept.key, columns, rewritten).catch(String);
  }
  return { now, before };
}
