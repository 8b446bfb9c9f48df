import knexFactory from 'knex';
import { z } from 'zod';
import { migrationSource } from '../../server/src/database/migrations/index.ts';

const resultSchema = z.object({ command: z.string(), rowCount: z.int().nullable() });

/** A statement of a migration that changes rows which were there before. */
export interface Change {
  readonly migration: string;
  readonly sql: string;
  readonly rows: number;
}

/**
 * Brings a database up to date as a server does that starts, and tells what that changed. (An INSERT of a migration fills
 * what the migration has just made.)
 */
export async function migrate(databaseUrl: string): Promise<readonly Change[]> {
  const knex = knexFactory({ client: 'pg', connection: databaseUrl, pool: { min: 0, max: 1 } });
  const changes: Change[] = [];
  let migration: string | null = null;
  knex.on('query-response', (response: unknown, { sql }: { readonly sql: string }) => {
    const result = resultSchema.safeParse(response).data;
    if (migration !== null && result && /^(UPDATE|DELETE|MERGE)$/.test(result.command))
      changes.push({ migration, sql, rows: result.rowCount ?? 0 });
  });
  const told = {
    ...migrationSource,
    getMigration: async (each: Parameters<typeof migrationSource.getMigration>[0]) => {
      const { up, ...rest } = await migrationSource.getMigration(each);
      return {
        ...rest,
        up: async (transaction: Parameters<typeof up>[0]): Promise<void> => {
          migration = each.name;
          await up(transaction);
          migration = null;
        },
      };
    },
  };
  try {
    await knex.migrate.latest({ migrationSource: told, schemaName: 'di', tableName: 'migration' });
  } finally {
    await knex.destroy();
  }
  return changes;
}
