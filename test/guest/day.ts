import { executeDml } from '../local-org/execution/dml.ts';
import type { CalloutAnswer, CalloutRequest } from '../local-org/execution/callouts.ts';
import type { OrgLimitValues } from '../local-org/execution/org-usage.ts';
import { createOrg, type LocalOrg } from '../local-org/org.ts';
import { ApexSObject } from '../local-org/values/sobject.ts';
import { Answers } from './answers.ts';
import { insertContacts } from './insert-contacts.ts';
import { Latencies } from './latencies.ts';

const SECOND = 1000;
/** What a call takes. */
const CALL = 300;
/** A Monday at midnight, UTC. */
const START = Date.UTC(2026, 2, 2);
/** Contacts that are changed in turn: enough that none is changed again before it was sent. */
const CONTACTS = 2000;

/** What happens in an org for some hours. */
export interface DayOptions {
  readonly hours: number;
  /** One contact is saved each so many seconds. */
  readonly secondsBetweenChanges: number;
  readonly projects: number;
  /** What other packages and people have used of the org's limits when it begins. */
  readonly usedElsewhere?: OrgLimitValues;
  readonly queueableDepth?: number;
  /** Folders of the org's own, beside the package. */
  readonly sources?: readonly string[];
  /** What DI answers to a batch, where it is not 200. */
  readonly batchStatus?: number;
}

/** What it came to. */
export interface DayResult {
  readonly changes: number;
  /** Of the limit DailyAsyncApexExecutions. */
  readonly executions: number;
  readonly events: number;
  readonly callouts: number;
  /** Records in the recycle bin at its end. */
  readonly recycled: number;
  /** Rows that wait in the outbox at its end. */
  readonly waiting: number;
  /** Seconds from the save to DI's answer, over all projects. */
  readonly latency: {
    readonly sent: number;
    readonly p50: number;
    readonly p95: number;
    readonly most: number;
  };
}

/**
 * Lets an org live for some hours in a few minutes: people save contacts, the platform delivers events and runs jobs a second
 * after they were put there, a call takes its time, during which the world goes on, and the clock is the simulation's own.
 */
export function simulateDay(options: DayOptions): DayResult {
  return new Day(options).run();
}

class Day {
  readonly #options: DayOptions;
  readonly #org: LocalOrg;
  readonly #answers: Answers;
  readonly #latencies = new Latencies();
  readonly #contacts: string[];
  #now = START;
  #changes = 0;

  constructor(options: DayOptions) {
    this.#options = options;
    this.#answers = new Answers(options.batchStatus ?? 200);
    this.#org = createOrg({
      sources: ['force-app', ...(options.sources ?? [])],
      remoteSites: projectsOf(options).map(endpointOf),
      clock: () => this.#now,
      standIn: (request) => this.#answer(request),
      ...(options.queueableDepth === undefined ? {} : { queueableDepth: options.queueableDepth }),
    });
    this.#contacts = this.#prepare();
  }

  run(): DayResult {
    const { usage, counters, store } = this.#org;
    const before = { executions: usage.total('DailyAsyncApexExecutions'), callouts: counters.callouts };
    for (const [name, amount] of Object.entries(this.#options.usedElsewhere ?? {}))
      for (const known of usage.names) if (known === name) usage.useElsewhere(known, amount);
    const end = this.#now + this.#options.hours * 3600 * SECOND;
    while (this.#now < end) {
      this.#pass(SECOND);
      this.#runJobs();
    }
    return {
      changes: this.#changes,
      executions: usage.total('DailyAsyncApexExecutions') - before.executions,
      events: usage.total('HourlyPublishedPlatformEvents'),
      callouts: counters.callouts - before.callouts,
      recycled: store.recycled,
      waiting: store.count('DI_Outbox__c'),
      latency: this.#latencies.summary(),
    };
  }

  /** Time goes by: with each second somebody may save a contact, and what was published before reaches its trigger. */
  #pass(milliseconds: number): void {
    const before = Math.floor((this.#now - START) / SECOND);
    this.#now += milliseconds;
    const second = Math.floor((this.#now - START) / SECOND);
    if (second === before) return;
    this.#org.bus.deliver();
    if (second % this.#options.secondsBetweenChanges === 0) this.#change();
  }

  #change(): void {
    const id = this.#contacts[this.#changes % this.#contacts.length];
    const object = this.#org.schema.object('Contact');
    if (id === undefined || !object) throw new Error('There are no contacts.');
    const contact = new ApexSObject(object);
    contact.put('Id', id);
    contact.put('LastName', `Changed ${this.#changes}`);
    this.#org.run('synchronous', this.#org.admin, () => {
      executeDml('update', [contact], { allOrNone: true });
    });
    this.#changes += 1;
    for (const project of projectsOf(this.#options))
      this.#latencies.begin(endpointOf(project), id, this.#now);
  }

  /** The platform starts a job a second after it was put there. */
  #runJobs(): void {
    for (;;) {
      const job = this.#org.jobs.take(this.#now - SECOND);
      if (!job) return;
      this.#org.jobs.execute(job, null);
    }
  }

  #answer(request: CalloutRequest): CalloutAnswer {
    this.#pass(CALL);
    const answer = this.#answers.to(request);
    if (answer.status === 200)
      for (const id of this.#answers.recordsOf(request))
        this.#latencies.end(new URL(request.endpoint).origin, id, this.#now);
    return answer;
  }

  #prepare(): string[] {
    const projects = projectsOf(this.#options).map(
      (project) => `
        DI_Destination_Project__c project${project} = new DI_Destination_Project__c(
          Name = 'Project ${project}', Endpoint__c = '${endpointOf(project)}', Key_Id__c = 'key', Status__c = 'Authorized'
        );
        insert project${project};
        DI_ProjectSecret secret${project} = DI_ProjectSecret.forProject(project${project});
        secret${project}.replace('secret');
        secret${project}.save();
        DI_TestData.transfer(project${project}, 'Contact', new List<String>{ 'Email', 'LastName' });`,
    );
    // The contacts are older than the transfers, so that nothing of them is to be sent.
    insertContacts(this.#org, CONTACTS);
    this.#org.executeAnonymous(projects.join('\n'));
    this.#org.executeAnonymous('DI_OutboxSweep.ensureScheduled();');
    return [...this.#org.store.all('Contact')].map((row) => String(row.get('id')));
  }
}

function projectsOf(options: DayOptions): number[] {
  return Array.from({ length: options.projects }, (_, index) => index + 1);
}

function endpointOf(project: number): string {
  return `https://project${project}.example`;
}
