import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { readManifest, type Manifest } from './manifest.ts';

const FOLDER = path.join(import.meta.dirname, 'snapshots');

/** Versions of which there is a snapshot, each by its last migration. */
export const VERSIONS: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.sql.gz'))
  .map((file) => file.slice(0, -'.sql.gz'.length));

export const manifestOf = (version: string): Manifest => readManifest(path.join(FOLDER, `${version}.json`));

/** Fills an empty database with a snapshot, and its cluster with the roles that read it. */
export async function restore(version: string, databaseUrl: string): Promise<void> {
  const sql = gunzipSync(readFileSync(path.join(FOLDER, `${version}.sql.gz`))).toString('utf8');
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    // Roles outlive the databases of snapshots that were restored before.
    for (const [, role = ''] of sql.matchAll(/^CREATE ROLE (\w+);$/gm))
      await client.query(`DROP ROLE IF EXISTS ${role}`);
    await client.query(sql);
  } finally {
    await client.end();
  }
}
