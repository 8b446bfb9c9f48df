import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../../server/src/database/open-database.ts';

describe('the embedded database, which is one session behind its socket', () => {
  let database: Database;
  beforeAll(async () => {
    const config = { databaseUrl: null, dataFolder: null, databaseConnections: 10 };
    database = await openDatabase(config, pino({ level: 'silent' }));
  }, 60_000);
  afterAll(() => database.close());

  it('answers each of several connections what that one asked', async () => {
    const connections = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const client = new pg.Client(database.connectionString);
        await client.connect();
        return client;
      }),
    );
    const answers = await Promise.all(
      connections.map(async (client, connection) => {
        const own: (Record<string, unknown> | undefined)[] = [];
        for (let turn = 0; turn < 50; turn++) {
          // What is large comes in pieces, and others come between them.
          const asked = `${connection}-${turn}`.padEnd(connection === 0 ? 1_000_000 : 0, '.');
          const text = `SELECT $1::text AS asked, ${connection} AS connection`;
          const { rows } = await client.query<Record<string, unknown>>(text, [asked]);
          own.push(rows[0]);
        }
        return own;
      }),
    );
    await Promise.all(connections.map((client) => client.end()));
    answers.forEach((own, connection) => {
      own.forEach((answer, turn) => {
        expect(answer).toMatchObject({ connection });
        expect(String(answer?.asked).replace(/\.+$/, '')).toBe(`${connection}-${turn}`);
      });
    });
  }, 60_000);

  it('goes on when a connection breaks in the middle of a query', async () => {
    const broken = new pg.Client(database.connectionString);
    broken.on('error', () => undefined);
    await broken.connect();
    const left = broken.query('SELECT pg_sleep(0.2), $1::text', ['x']).catch(() => 'broken');
    // The socket goes while its messages are on their way.
    Reflect.get(broken, 'connection').stream.destroy();
    expect(await left).toBe('broken');
    const { rows } = await database.pool.query<{ sum: number }>('SELECT 1 + $1::int AS sum', [2]);
    expect(rows).toEqual([{ sum: 3 }]);
  }, 60_000);
});
