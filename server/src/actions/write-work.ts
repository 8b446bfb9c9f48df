import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { eventReader } from '../events/read-events.ts';
import { Loop } from '../jobs/loop.ts';
import { DescribeCache } from '../salesforce/describe-cache.ts';
import type { SalesforceOrgs } from '../salesforce/org.ts';
import { QueueIncidents } from './queue-incidents.ts';
import { actionReader } from './read-action.ts';
import { workOff } from './work-off.ts';
import { WriteQueue } from './write-queue.ts';

/** Milliseconds between looks at the queues, where nothing wakes the work. */
const IDLE = 2000;

/** Work on everything that waits to be written to orgs because of events and actions. */
export class WriteWork {
  readonly #knex: Knex;
  readonly #orgs: SalesforceOrgs;
  #loop: Loop | null = null;

  constructor(knex: Knex, orgs: SalesforceOrgs) {
    this.#knex = knex;
    this.#orgs = orgs;
  }

  /** Starts in this copy of the server. */
  start(logger: Logger): void {
    if (this.#loop) return;
    const turn = this.turn(logger);
    this.#loop = new Loop('events and actions', turn, IDLE, logger);
    this.#loop.start();
  }

  /** One turn at a time, for whoever starts them otherwise. */
  turn(logger: Logger): (stopping?: AbortSignal) => Promise<boolean> {
    const work = {
      queue: new WriteQueue(this.#knex),
      orgs: this.#orgs,
      descriptions: new DescribeCache(this.#knex),
      readers: { source: eventReader(this.#knex), action: actionReader(this.#knex) },
      incidents: new QueueIncidents(this.#knex),
      logger,
    };
    return (stopping = new AbortController().signal) => workOff(work, stopping);
  }

  /** Has the queues looked at now; another copy's work finds out by itself. */
  readonly wake = (): void => {
    this.#loop?.wake();
  };

  /** Lets the turn at hand end. */
  async stop(): Promise<void> {
    await this.#loop?.stop();
  }
}
