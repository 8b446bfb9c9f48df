import PgBoss from 'pg-boss';
import type { Logger } from 'pino';
import { alone } from '../database/alone.ts';

/** Work that is done by schedule, by one copy of the server at a time. */
export interface ScheduledJob {
  readonly name: string;
  /** Of cron, in UTC. */
  readonly schedule: string;
  run(): Promise<Readonly<Record<string, number>>>;
}

/** The queue of work that no request waits for. It lives in the database, so that any copy may do it. */
export class Jobs {
  readonly #boss: PgBoss;
  readonly #connectionString: string;
  readonly #logger: Logger;
  #queues: readonly string[] = [];

  constructor(connectionString: string, logger: Logger, connections: number) {
    this.#boss = new PgBoss({
      connectionString,
      schema: 'di_jobs',
      max: connections,
      application_name: 'di-connect-jobs',
    });
    this.#connectionString = connectionString;
    this.#logger = logger;
    this.#boss.on('error', (error) => {
      logger.error({ err: error }, 'the job queue failed');
    });
  }

  /** Starts working off the jobs. */
  async start(jobs: readonly ScheduledJob[]): Promise<void> {
    await alone(this.#connectionString, () => this.#setUp(jobs));
    this.#queues = jobs.map((job) => job.name);
    for (const job of jobs)
      await this.#boss.work(job.name, { pollingIntervalSeconds: 10 }, () => this.#run(job));
  }

  /** The queue's own tables, and a queue for each job. */
  async #setUp(jobs: readonly ScheduledJob[]): Promise<void> {
    await this.#boss.start();
    for (const job of jobs) {
      await this.#boss.createQueue(job.name, {
        name: job.name,
        policy: 'stately',
        retryLimit: 3,
        retryBackoff: true,
      });
      await this.#boss.schedule(job.name, job.schedule);
    }
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
    await this.#boss.stop({ graceful: true, wait: true, timeout: 30_000 });
  }

  async #run(job: ScheduledJob): Promise<void> {
    const started = performance.now();
    try {
      const result = await job.run();
      this.#logger.info(
        { job: job.name, ...result, milliseconds: Math.round(performance.now() - started) },
        'job done',
      );
    } catch (error) {
      this.#logger.error({ job: job.name, err: error }, 'job failed');
      throw error;
    }
  }
}
