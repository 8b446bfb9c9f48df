import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { COMPILED_FLAGS, compiledProgram } from '../../../../scripts/programs/compiled-program.ts';
import { createOptIn } from '../../support/consent.ts';
import { acquiringProject, ImportCalls } from '../../support/imports.ts';
import { startPostgres, type Postgres } from '../../support/postgres.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const WORKER = await compiledProgram(path.join(import.meta.dirname, '../../support/import-worker.ts'));
/** Ten portions. */
const ROWS = 20_000;
const KILLS = 6;

/** An import whose worker is killed in the middle, again and again. */
describe('a worker killed in the middle of an import', () => {
  let postgres: Postgres;
  let server: TestServer;
  let child: ChildProcess | null = null;
  beforeAll(async () => {
    postgres = await startPostgres();
    server = await startTestServer(postgres.url);
  });
  afterEach(kill);
  afterAll(async () => {
    await server.close();
    await postgres.stop();
  });

  async function kill(): Promise<void> {
    const dying = child;
    child = null;
    if (dying?.exitCode !== null) return;
    const ended = new Promise((resolve) => dying.once('exit', resolve));
    dying.kill('SIGKILL');
    await ended;
    // Nobody waits for the lease of the dead to end.
    await server.database.pool.query('UPDATE di.import SET leased_until = now()');
  }

  function start(): void {
    child = fork(WORKER, [], {
      execArgv: COMPILED_FLAGS,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, DATABASE_URL: postgres.url },
    });
  }

  async function until(isTrue: () => Promise<boolean>): Promise<void> {
    while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  const positionOf = async (id: string): Promise<number> => {
    const found = await server.database.pool.query<{ position: number }>(
      'SELECT position FROM di.import WHERE id = $1',
      [id],
    );
    return found.rows[0]?.position ?? 0;
  };

  /** Kills after rows were written, and before the transaction says how far the import is. */
  async function killWithin(): Promise<void> {
    const client = await server.database.pool.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE di.import_result IN EXCLUSIVE MODE');
    start();
    await until(async () => {
      const waiting = await client.query(
        "SELECT FROM pg_locks WHERE relation = 'di.import_result'::regclass AND NOT granted",
      );
      return (waiting.rowCount ?? 0) > 0;
    });
    await kill();
    await client.query('ROLLBACK');
    client.release();
  }

  /** Kills at any moment after a portion was done. */
  async function killAfter(id: string): Promise<void> {
    const before = await positionOf(id);
    start();
    await until(async () => (await positionOf(id)) > before);
    await kill();
  }

  it('has each row in the table once, each reject in the results once, and each consent in the ledger once', async () => {
    const imports = new ImportCalls(server);
    const project = await acquiringProject(server, [
      { name: 'email', type: 'email' },
      { name: 'number', type: 'integer' },
    ]);
    await createOptIn(server, { project });
    const lines = Array.from({ length: ROWS }, (_none, n) =>
      n % 100 === 7 ? `p${n}@example.com,none,` : `p${n}@example.com,${n},${n % 10 === 0 ? 'no' : ''}`,
    );
    const { id } = await imports.upload(project, `email,number,Newsletter\n${lines.join('\n')}\n`);
    await imports.set(id, { consents: [{ heading: 'Newsletter', optIn: 'newsletter' }] });
    await imports.step(id, 'start').expect(200);
    for (let time = 0; time < KILLS; time++) await (time % 2 === 0 ? killWithin() : killAfter(id));
    expect((await imports.find(id)).status).toBe('running');
    start();
    await until(async () => (await imports.find(id)).status !== 'running');
    const rejects = ROWS / 100;
    expect(await imports.find(id)).toMatchObject({
      status: 'done',
      counts: { rows: ROWS, created: ROWS - rejects, updated: 0, unchanged: 0, rejected: rejects },
    });
    const { pool } = server.database;
    const { rows } = await pool.query<{ count: number; sum: number }>(
      `SELECT count(*)::int AS count, sum(number)::int AS sum FROM "p_${project.toLowerCase()}"."Contact"`,
    );
    const numbers = Array.from({ length: ROWS }, (_none, n) => n).filter((n) => n % 100 !== 7);
    expect(rows[0]).toEqual({ count: numbers.length, sum: numbers.reduce((sum, n) => sum + n, 0) });
    const results: { _line: string }[] = parse(await imports.results(id), { columns: true });
    expect(results.map(({ _line }) => Number(_line))).toEqual(
      Array.from({ length: rejects }, (_none, n) => n * 100 + 9),
    );
    const events = await pool.query<{ count: number; people: number }>(
      'SELECT count(*)::int AS count, count(DISTINCT identity_id)::int AS people FROM di.consent_event',
    );
    expect(events.rows[0]).toEqual({ count: ROWS / 10, people: ROWS / 10 });
  }, 300_000);
});
