import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Loop } from '../../../server/src/jobs/loop.ts';
import { scheduleLoop, waitingJobs } from '../../../server/src/jobs/scheduled-jobs.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

const logger = pino({ level: 'silent' });

interface Row {
  readonly schedule: string;
  readonly next_run_at: Date;
  readonly failures: number;
}

describe('a job by schedule', () => {
  let server: TestServer;
  let runs: number;
  let failure: Error | null;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    await server.database.knex('di.scheduled_job').delete();
    runs = 0;
    failure = null;
  });

  const job = (schedule = '17 * * * *') => ({
    name: 'hourly',
    schedule,
    run: () => {
      runs += 1;
      return failure ? Promise.reject(failure) : Promise.resolve({ runs });
    },
  });
  /** Of one copy of the server. */
  const copy = (schedule?: string): Loop => scheduleLoop(server.database.knex, job(schedule), logger);

  async function row(): Promise<Row> {
    const found = await server.database.knex('di.scheduled_job').first<Row | undefined>();
    if (!found) throw new Error('There is no job.');
    return found;
  }

  const comes = (): Promise<unknown> =>
    server.database.pool.query("UPDATE di.scheduled_job SET next_run_at = now() - interval '1 second'");
  const minuteOf = async (): Promise<number> => (await row()).next_run_at.getUTCMinutes();

  it('waits for its moment, and is done once when it has come, by whichever copy sees it', async () => {
    const copies = Array.from({ length: 4 }, () => copy());
    expect(await Promise.all(copies.map((each) => each.turn()))).toEqual([false, false, false, false]);
    expect(await minuteOf()).toBe(17);
    await comes();
    expect(await waitingJobs(server.database.knex)).toEqual(new Map([['hourly', 1]]));
    const done = await Promise.all(copies.map((each) => each.turn()));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(runs).toBe(1);
    expect(await minuteOf()).toBe(17);
    expect((await row()).next_run_at.getTime()).toBeGreaterThan(Date.now());
    expect(await waitingJobs(server.database.knex)).toEqual(new Map([['hourly', 0]]));
  });

  it('whose moment came while no server ran is done by the next one that starts', async () => {
    await copy().turn();
    await comes();
    expect(await copy().turn()).toBe(true);
    expect(runs).toBe(1);
  });

  it('that fails is tried again before its next moment, and waits for that when it went well', async () => {
    // Once a year: any earlier moment is a further try.
    const loop = copy('0 0 1 1 *');
    await loop.turn();
    const regular = (await row()).next_run_at;
    failure = new Error('The disk is full.');
    for (const failures of [1, 2]) {
      await comes();
      expect(await loop.turn()).toBe(true);
      const after = await row();
      expect(after.failures).toBe(failures);
      expect(after.next_run_at.getTime()).toBeLessThan(Math.min(regular.getTime(), Date.now() + 900_000));
      expect(await loop.turn()).toBe(false);
    }
    failure = null;
    await comes();
    expect(await loop.turn()).toBe(true);
    expect(await row()).toMatchObject({ failures: 0, next_run_at: regular });
    expect(runs).toBe(3);
  });

  it('has another moment where a later version has another schedule', async () => {
    await copy().turn();
    await copy('23 * * * *').turn();
    expect(await minuteOf()).toBe(23);
    await server.database.pool.query("UPDATE di.scheduled_job SET next_run_at = 'epoch'");
    expect(await copy('23 * * * *').turn()).toBe(true);
  });
});
