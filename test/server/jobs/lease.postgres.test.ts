import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { knexSession } from '../../../server/src/database/session.ts';
import { checkEnding, Interrupted, LeaseLost, untilEnding } from '../../../server/src/jobs/interrupted.ts';
import { claim, type Lease, type LeasedWork } from '../../../server/src/jobs/lease.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const never = new AbortController().signal;

interface Job {
  readonly name: string;
  readonly failures: number;
}

/** Jobs, as an example of rows that are pieces of work. */
const work = (seconds: number): LeasedWork => ({
  table: 'di.scheduled_job',
  key: 'name',
  seconds,
  isDue: 'w.next_run_at <= now() AND w.schedule = ?',
  order: 'w.next_run_at',
  onClaim: 'failures = failures + 1',
});
const LONG = work(600);
const SHORT = work(1);
/** Short, and long enough for a machine that is busy. */
const RENEWED = work(3);

describe('a piece of work', () => {
  let postgres: Postgres;
  let server: TestServer;
  beforeAll(async () => {
    postgres = await startPostgres();
    server = await startTestServer(postgres.url);
  });
  afterAll(async () => {
    await server.close();
    await postgres.stop();
  });
  beforeEach(async () => {
    await server.database.knex('di.scheduled_job').delete();
  });

  /** Pieces that are due, one after the other. */
  async function due(...names: string[]): Promise<void> {
    const { knex } = server.database;
    await knex('di.scheduled_job').insert(
      names.map((name, place) => ({ name, schedule: 'test', next_run_at: new Date(place * 1000) })),
    );
  }

  const take = (from = LONG): Promise<Lease<Job> | null> => claim<Job>(server.database.knex, from, ['test']);

  async function taken(from = LONG): Promise<Lease<Job>> {
    const lease = await take(from);
    if (!lease) throw new Error('There was nothing to take.');
    return lease;
  }

  const failuresOf = async (name: string): Promise<number | undefined> =>
    (await server.database.knex('di.scheduled_job').where({ name }).first<Job | undefined>())?.failures;

  /** What a worker that died leaves, when its time is over. */
  const runOut = (): Promise<unknown> =>
    server.database.pool.query("UPDATE di.scheduled_job SET leased_until = now() - interval '1 second'");

  it('is taken in its order, once, however many workers ask at the same moment', async () => {
    const names = Array.from({ length: 8 }, (_none, n) => `job ${n}`);
    await due(...names);
    expect((await taken()).row).toMatchObject({ name: 'job 0', failures: 1 });
    const others = await Promise.all(Array.from({ length: 20 }, () => take()));
    expect(others.flatMap((lease) => lease?.row.name ?? []).sort()).toEqual(names.slice(1));
    expect(await take()).toBeNull();
  });

  it('is not taken before it is due', async () => {
    await server.database.knex('di.scheduled_job').insert([
      { name: 'tomorrow', schedule: 'test', next_run_at: new Date(Date.now() + 86_400_000) },
      { name: 'of others', schedule: 'other', next_run_at: new Date(0) },
    ]);
    expect(await take()).toBeNull();
  });

  it('is taken again as soon as it is given back, with what was changed of it', async () => {
    await due('job');
    const first = await taken();
    expect(await first.release({ failures: 7 })).toBe(true);
    expect((await taken()).row.failures).toBe(8);
    expect(await first.release({ failures: 0 })).toBe(false);
    expect(await failuresOf('job')).toBe(8);
  });

  it('is taken over when its lease has run out, and its first worker changes nothing any more', async () => {
    await due('job');
    const first = await taken();
    await runOut();
    const second = await taken();
    await first.whileHeld(never, async (ending) => {
      await expect(first.keep({ failures: 70 })).rejects.toThrow(LeaseLost);
      expect(() => {
        checkEnding(ending);
      }).toThrow(LeaseLost);
    });
    await expect(first.check()).rejects.toThrow(LeaseLost);
    expect(await first.release({ failures: 70 })).toBe(false);
    expect(await failuresOf('job')).toBe(2);
    await second.check();
    await second.keep({ failures: 3 });
    expect(await failuresOf('job')).toBe(3);
  });

  it('that was taken over has all of a transaction undone that ends with its lease', async () => {
    const { knex } = server.database;
    await due('job', 'written');
    const first = await taken();
    await runOut();
    await taken();
    const write = (end: (transaction: typeof knex) => Promise<void>): Promise<void> =>
      knex.transaction(async (transaction) => {
        await transaction('di.scheduled_job').where({ name: 'written' }).update({ failures: 70 });
        await end(transaction);
      });
    await expect(write((by) => first.keep({}, { by }))).rejects.toThrow(LeaseLost);
    await expect(write((by) => first.fence(knexSession(by)))).rejects.toThrow(LeaseLost);
    expect(await failuresOf('written')).toBe(0);
  });

  it('is not taken over in the middle of a transaction that has asked for it', async () => {
    const { knex } = server.database;
    await due('job');
    const lease = await taken();
    await runOut();
    await knex.transaction(async (transaction) => {
      await lease.fence(knexSession(transaction));
      expect(await take()).toBeNull();
    });
    expect(await take()).not.toBeNull();
  });

  it('is kept as long as its worker lives, however long a step takes', async () => {
    await due('job');
    const lease = await taken(RENEWED);
    const until = async (): Promise<number> => {
      const { rows } = await server.database.pool.query<{ leased_until: Date }>(
        'SELECT leased_until FROM di.scheduled_job',
      );
      return rows[0]?.leased_until.getTime() ?? 0;
    };
    const first = await until();
    await lease.whileHeld(never, async (ending) => {
      // Longer than the lease lasts unless it is renewed.
      await expect.poll(until, { timeout: 20_000 }).toBeGreaterThan(first + 3000);
      expect(await take(RENEWED)).toBeNull();
      expect(ending.aborted).toBe(false);
    });
  });

  it('that is taken from all workers ends the work on it', async () => {
    await due('job');
    const lease = await taken(SHORT);
    const lost = lease.whileHeld(never, async (ending) => {
      await server.database.knex('di.scheduled_job').update({ lease: null });
      await untilEnding(ending, new Promise(() => undefined));
    });
    await expect(lost).rejects.toThrow(LeaseLost);
  });

  it('whose lease cannot be renewed is not worked on when others may have it', async () => {
    const { knex } = server.database;
    await due('job');
    const lease = await taken(SHORT);
    // A database that does not answer.
    await knex.transaction(async (transaction) => {
      await transaction.raw('SELECT FROM di.scheduled_job FOR UPDATE');
      const lost = lease.whileHeld(never, (ending) => untilEnding(ending, new Promise(() => undefined)));
      await expect(lost).rejects.toThrow(LeaseLost);
    });
  });

  it('is left by a server that stops, which has not lost it', async () => {
    await due('job');
    const lease = await taken();
    const stopping = new AbortController();
    const stopped = lease.whileHeld(stopping.signal, (ending) => {
      stopping.abort();
      return untilEnding(ending, new Promise(() => undefined));
    });
    const error = await stopped.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Interrupted);
    expect(error).not.toBeInstanceOf(LeaseLost);
    expect(await lease.release()).toBe(true);
  });

  it('answers what its work answers, and throws what it throws', async () => {
    await due('job');
    const lease = await taken();
    expect(await lease.whileHeld(never, (ending) => untilEnding(ending, Promise.resolve('done')))).toBe(
      'done',
    );
    const failed = lease.whileHeld(never, (ending) =>
      untilEnding(ending, Promise.reject(new Error('failed'))),
    );
    await expect(failed).rejects.toThrow('failed');
  });
});
