import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPILED_FLAGS, compiledProgram } from '../../../../scripts/programs/compiled-program.ts';
import { freePort } from '../../support/free-port.ts';
import { startPostgres, type Postgres } from '../../support/postgres.ts';
import {
  ADMIN,
  authorizedToken,
  contactId,
  createScene,
  moment,
  rowsOf,
  startTestServer,
  type TestServer,
} from '../../support/test-server.ts';

const MAIN = await compiledProgram(path.join(import.meta.dirname, '../../../../server/src/main.ts'));
const GROUPS = 8;
const VERSIONS = 25;
const SIZE = 40;
const KILLS = 6;

/** The API as a process that is killed without warning, again and again, while batches come. */
describe('an API killed in the middle of a load', () => {
  let postgres: Postgres;
  let control: TestServer;
  let child: ChildProcess | null = null;
  let url: string;
  let port: number;
  beforeAll(async () => {
    postgres = await startPostgres();
    control = await startTestServer(postgres.url);
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await kill();
    await control.close();
    await postgres.stop();
  });

  function start(): void {
    child = fork(MAIN, [], {
      execArgv: COMPILED_FLAGS,
      stdio: 'ignore',
      env: {
        ...process.env,
        PORT: String(port),
        ROLE: 'api',
        DATABASE_URL: postgres.url,
        ADMIN_TOKEN: ADMIN,
        ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 'k').toString('base64')}`,
        BATCHES_PER_MINUTE: '100000',
      },
    });
  }

  async function kill(): Promise<void> {
    const dying = child;
    child = null;
    if (dying?.exitCode !== null) return;
    const ended = new Promise((resolve) => dying.once('exit', resolve));
    dying.kill('SIGKILL');
    await ended;
  }

  interface Batch {
    readonly key: string;
    readonly body: string;
  }

  /** A version of the records of a group: the same people every time. */
  function batchOf(group: number, version: number): Batch {
    const numbers = Array.from({ length: SIZE }, (_, index) => group * SIZE + index);
    return {
      key: `${group}-${version}`,
      body: JSON.stringify({
        object: 'Contact',
        fields: ['Id', 'SystemModstamp', 'Email', 'LastName'],
        upserts: numbers.map((number) => [
          contactId(number),
          moment(version),
          `p${number}@example.com`,
          `v${version}`,
        ]),
      }),
    };
  }

  /** Sends once; null where nobody knows what became of it. */
  async function send(
    token: string,
    batch: Batch,
  ): Promise<{ applied: number; unchanged: number; stale: number } | null> {
    try {
      const answer = await fetch(`${url}/v1/tables/Contact/batches`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': batch.key,
        },
        body: batch.body,
      });
      return answer.status === 200
        ? ((await answer.json()) as { applied: number; unchanged: number; stale: number })
        : null;
    } catch {
      return null;
    }
  }

  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));

  it('leaves exactly what was acknowledged, and what was not can be sent again', async () => {
    const scene = await createScene(control);
    const token = await authorizedToken(control, scene);
    const forgotten: Batch[] = [];
    let acknowledged = 0;
    start();

    /** Works as the outbox of an org does: in order, each batch until it is acknowledged; some are sent once and forgotten. */
    async function drain(group: number): Promise<void> {
      for (let version = 0; version < VERSIONS; version++) {
        const batch = batchOf(group, version);
        const isForgotten = version % 5 === 3;
        for (;;) {
          const answer = await send(token, batch);
          if (answer !== null) {
            expect(answer.applied + answer.unchanged + answer.stale).toBe(SIZE);
            acknowledged += 1;
            break;
          }
          if (isForgotten) {
            forgotten.push(batch);
            break;
          }
          await pause(100);
        }
      }
    }

    const load = { isDone: false };
    async function killAgainAndAgain(): Promise<number> {
      let kills = 0;
      // Each life is a little longer than the last, so that kills fall on every part of a batch's way.
      const hasEnded = (): boolean => load.isDone;
      while (kills < KILLS && !hasEnded()) {
        const before = acknowledged;
        while (acknowledged < before + 3 && !hasEnded()) await pause(5);
        await pause(7 * kills);
        await kill();
        kills += 1;
        start();
      }
      return kills;
    }

    const [kills] = await Promise.all([
      killAgainAndAgain(),
      Promise.all(Array.from({ length: GROUPS }, (_, group) => drain(group))).finally(
        () => (load.isDone = true),
      ),
    ]);
    expect(kills).toBe(KILLS);

    // The last version of every group was acknowledged: every record holds it, none is missing, none is there twice.
    const check = async (): Promise<void> => {
      const rows = await rowsOf(control, scene);
      expect(rows).toHaveLength(GROUPS * SIZE);
      expect(new Set(rows.map((row) => row._salesforce_id)).size).toBe(GROUPS * SIZE);
      for (const row of rows) expect(row.last_name).toBe(`v${VERSIONS - 1}`);
    };
    await check();
    // What was forgotten was taken whole or not at all, and may come again: it is too old to change anything by now.
    const known = await control.database.pool.query<{ key: string; ids: number }>(
      'SELECT key, cardinality(upserted_ids) AS ids FROM di.batch',
    );
    expect(known.rows.every((row) => row.ids === SIZE)).toBe(true);
    expect(known.rows.length).toBeGreaterThanOrEqual(acknowledged);
    for (const batch of forgotten) {
      const answer = await send(token, batch);
      expect(answer === null ? null : answer.applied + answer.unchanged + answer.stale).toBe(SIZE);
    }
    await check();
    const all = await control.database.pool.query<{ count: number }>(
      'SELECT count(*) AS count FROM di.batch',
    );
    expect(all.rows[0]?.count).toBe(GROUPS * VERSIONS);
  }, 300_000);
});
