import { ApexDatetime } from '../values/dates.ts';
import { platformException, throwNull } from '../values/exception.ts';
import { isSourceObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { apexToString } from '../values/text.ts';
import { addStatics } from '../library/registry.ts';
import type { LocalOrg } from '../org.ts';
import { executeBatch } from './batches.ts';
import { nextRun } from './cron.ts';
import { storedCopy } from './job-state.ts';
import { JobContext, markJob, methodOf, newJobRow, updateJob } from './jobs.ts';
import { current, type Transaction, type UserContext } from './transaction.ts';

/** A cron trigger's work: what it does each time, and when it is next due after a moment; null for never again. */
interface Scheduled {
  readonly user: UserContext;
  /** The class that is run; null where it is no schedulable. */
  readonly className: string | null;
  run(id: string): void;
  next(after: number): number | null;
}

/** System.schedule: a CronTrigger row, and a job each time the expression says. */
function schedule(name: string | null, expression: string | null, schedulable: ApexValue): string {
  if (!isSourceObject(schedulable)) return throwNull();
  const transaction = current();
  const { org } = transaction;
  const cron = expression ?? throwNull();
  const first = nextRun(cron, org.now());
  const stored = storedCopy(schedulable);
  return addTrigger(transaction, name ?? throwNull(), cron, first, {
    user: transaction.user,
    className: schedulable.$class.name,
    run: (id) => {
      methodOf(stored, 'execute(System.SchedulableContext)')(new JobContext('System.SchedulableContext', id));
    },
    next: (after) => laterRun(cron, after),
  });
}

/** System.scheduleBatch: the batch starts once, that many minutes from now. */
function scheduleBatch(batch: ApexValue, name: string | null, minutes: number | null, size = 200): string {
  if (!isSourceObject(batch)) return throwNull();
  const transaction = current();
  const { org } = transaction;
  const stored = storedCopy(batch);
  const due = org.now() + (minutes ?? throwNull()) * 60_000;
  return addTrigger(transaction, name ?? throwNull(), cronOf(due), due, {
    user: transaction.user,
    className: null,
    run: () => {
      executeBatch(stored, size);
    },
    next: () => null,
  });
}

function cronOf(time: number): string {
  const date = new Date(time);
  return `${date.getUTCSeconds()} ${date.getUTCMinutes()} ${date.getUTCHours()} ${date.getUTCDate()} ${date.getUTCMonth() + 1} ? ${date.getUTCFullYear()}`;
}

/** An expression that names a year comes to an end. */
function laterRun(expression: string, after: number): number | null {
  try {
    return nextRun(expression, after);
  } catch {
    return null;
  }
}

function addTrigger(
  transaction: Transaction,
  name: string,
  expression: string,
  first: number,
  work: Scheduled,
): string {
  const { org } = transaction;
  if (org.store.findBy('CronJobDetail', 'Name', name).length > 0) {
    throw platformException(
      'System.AsyncException',
      `The Apex job named "${name}" is already scheduled for execution.`,
    );
  }
  const put = (object: string, values: Readonly<Record<string, ApexValue>>): string => {
    const schema = org.schema.object(object);
    if (!schema) throw new Error(`${object} is missing from the schema.`);
    const id = org.store.newId(schema);
    org.store.put(
      object,
      id,
      new Map<string, ApexValue>(Object.entries({ ...values, id, isdeleted: false })),
    );
    return id;
  };
  const detail = put('CronJobDetail', { name, jobtype: '7' });
  const id = put('CronTrigger', {
    cronjobdetailid: detail,
    cronexpression: expression,
    state: 'WAITING',
    timestriggered: 0,
    starttime: new ApexDatetime(org.now()),
    nextfiretime: new ApexDatetime(first),
    createddate: new ApexDatetime(org.now()),
    createdbyid: work.user.id,
    ownerid: work.user.id,
    timezonesidkey: work.user.timeZone,
  });
  if (work.className !== null)
    updateJob(org, newJobRow(org, 'ScheduledApex', work.className), new Map([['crontriggerid', id]]));
  addRun(org, id, first, work);
  org.onRollback(transaction, () => {
    org.jobs.remove(id);
  });
  return id;
}

function addRun(org: LocalOrg, id: string, dueAt: number, work: Scheduled): void {
  org.jobs.add({
    id,
    kind: 'scheduled',
    dueAt,
    user: work.user,
    signature: null,
    depth: 1,
    failures: 0,
    run: (running) => {
      const again = work.next(Math.max(dueAt, org.now()));
      // A run by stopTest leaves no mark on it. (apex-recipes, ScheduledApexRecipes_Tests.)
      const row = running.test ? undefined : org.store.get('CronTrigger', id);
      if (row)
        org.store.put(
          'CronTrigger',
          id,
          new Map(row)
            .set('timestriggered', Number(row.get('timestriggered') ?? 0) + 1)
            .set('previousfiretime', new ApexDatetime(org.now()))
            .set('nextfiretime', again === null ? null : new ApexDatetime(again))
            .set('state', again === null ? 'DELETED' : 'WAITING'),
        );
      // In a test it runs once, at stopTest; else it goes on for as long as the org does.
      if (!running.test && again !== null) addRun(org, id, again, work);
      work.run(id);
    },
  });
}
function abort(id: string | null): void {
  const { org } = current();
  org.jobs.remove(id ?? throwNull());
  const cron = org.store.get('CronTrigger', id ?? '');
  if (cron) {
    org.store.remove('CronTrigger', id ?? '');
    org.store.remove('CronJobDetail', apexToString(cron.get('cronjobdetailid') ?? null));
    for (const job of org.store.findBy('AsyncApexJob', 'CronTriggerId', id))
      markJob(org, String(job.get('id')), 'Aborted', null);
  } else markJob(org, id ?? '', 'Aborted', null);
}

addStatics('System.System', {
  'schedule/3': schedule,
  'scheduleBatch/3': (batch: ApexValue, name: string, minutes: number) => scheduleBatch(batch, name, minutes),
  'scheduleBatch/4': scheduleBatch,
  'abortJob/1': abort,
});
