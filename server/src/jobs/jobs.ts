import PgBoss from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/open-database.ts';
import { Loop } from './loop.ts';
import { nextMoment } from './schedules.ts';

/** Work that is done by schedule, by one copy of the server at a time. */
export interface ScheduledJob {
  readonly name: string;
  /** Of cron, in UTC. */
  readonly schedule: string;
  run(): Promise<Readonly<Record<string, number>>>;
}

/** Milliseconds between looks at the queue and at the clock. */
const IDLE = 10_000;
/** Seconds within which a job that several copies queue at its moment is queued once. */
const ONCE_IN = 60;

/**
 * The queue of work that no request waits for. It lives in the database, so that any copy may do it. pg-boss keeps the queue;
 * its own workers and clock are left out, since they leave failures of the database to nobody.
 */
export class Jobs {
  readonly #boss: PgBoss;
  readonly #database: Pick<Database, 'connectionString' | 'exclusively'>;
  readonly #logger: Logger;
  #loops: readonly Loop[] = [];
  #queues: readonly string[] = [];

  constructor(
    database: Pick<Database, 'connectionString' | 'exclusively'>,
    logger: Logger,
    connections: number,
  ) {
    this.#boss = new PgBoss({
      connectionString: database.connectionString,
      schema: 'di_jobs',
      max: connections,
      application_name: 'di-connect-jobs',
      schedule: false,
    });
    this.#database = database;
    this.#logger = logger;
    this.#boss.on('error', (error) => {
      logger.error({ err: error }, 'the job queue failed');
    });
  }

  /** Starts working off the jobs. */
  async start(jobs: readonly ScheduledJob[]): Promise<void> {
    await this.#database.exclusively(() => this.#setUp(jobs));
    this.#queues = jobs.map((job) => job.name);
    this.#loops = jobs.map((job) => new Loop(job.name, this.turnOf(job), IDLE, this.#logger));
    for (const loop of this.#loops) loop.start();
  }

  /** The queue's own tables, and a queue for each job. */
  async #setUp(jobs: readonly ScheduledJob[]): Promise<void> {
    await this.#boss.start();
    for (const job of jobs)
      await this.#boss.createQueue(job.name, {
        name: job.name,
        policy: 'stately',
        retryLimit: 3,
        retryBackoff: true,
      });
  }

  /** Jobs that wait, by queue. */
  async depths(): Promise<ReadonlyMap<string, number>> {
    const depths = await Promise.all(
      this.#queues.map(async (name) => [name, await this.#boss.getQueueSize(name)] as const),
    );
    return new Map(depths);
  }

  /** Lets running jobs end. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    await this.#boss.stop({ graceful: false, wait: true });
  }

  /**
   * Queues a job when its moment has come, and does one that waits; answers whether there was one.
   *
   * @param now milliseconds since 1970
   */
  turnOf(job: ScheduledJob, now: () => number = Date.now): () => Promise<boolean> {
    const next = (): Date | null => nextMoment(job.schedule, 'UTC', new Date(now()));
    let due = next();
    return async () => {
      if (due !== null && due.getTime() <= now()) {
        await this.#boss.send(job.name, {}, { singletonKey: job.name, singletonSeconds: ONCE_IN });
        due = next();
      }
      const [waiting] = await this.#boss.fetch(job.name);
      if (!waiting) return false;
      await this.#carryOut(job, waiting.id);
      return true;
    };
  }

  async #carryOut(job: ScheduledJob, id: string): Promise<void> {
    const started = performance.now();
    try {
      const result = await job.run();
      this.#logger.info(
        { job: job.name, ...result, milliseconds: Math.round(performance.now() - started) },
        'job done',
      );
    } catch (error) {
      this.#logger.error({ job: job.name, err: error }, 'job failed');
      await this.#boss.fail(job.name, id, {
        message: error instanceof Error ? error.message : String(error),
      });
      return;
    }
    await this.#boss.complete(job.name, id);
  }
}
