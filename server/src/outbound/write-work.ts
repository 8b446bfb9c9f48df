import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { eventReader } from './events/read-events.ts';
import { Loop } from '../jobs/loop.ts';
import { DescribeCache } from '../salesforce/describe-cache.ts';
import type { SalesforceOrgs } from '../salesforce/org.ts';
import { QueueIncidents } from './engine/queue-incidents.ts';
import { actionReader } from './actions/read-action.ts';
import { workOff } from './engine/work-off.ts';
import { WriteQueue } from './engine/write-queue.ts';

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

  /** The loop of this copy of the server. */
  loop(logger: Logger): Loop {
    return (this.#loop ??= new Loop('events and actions', this.turn(logger), IDLE, logger));
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
}
