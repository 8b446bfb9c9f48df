import { COLLECTION } from '../salesforce/collections.ts';
import { SalesforceFault, type SaveResult } from '../salesforce/org.ts';
import type { Turn } from './perform-writes.ts';
import type { Plan } from './plan-write.ts';
import { ofErrors, refused, type Outcome, type Result } from './record-write.ts';

/** Records of the same fields from which on a job of Bulk API 2.0 costs fewer calls. */
export const BULK = 2000;
/** Records of a job. */
const JOB = 10_000;

/** Sends plans in as few calls as there are, and writes down what became of each of their writes. */
export async function sendPlans(turn: Turn, object: string, plans: readonly Plan[]): Promise<void> {
  for (const call of ['update', 'insert', 'delete'] as const) {
    const { many, few } = parted(plans.filter((plan) => plan.call === call));
    for (const group of many)
      for (const part of slices(group, JOB)) await send(turn, object, call, part, true);
    for (const part of slices(few, COLLECTION)) await send(turn, object, call, part, false);
  }
}

/** A job's records have the same fields: a field that a record has no value for is not sent empty, but not at all. */
function parted(plans: readonly Plan[]): { many: Plan[][]; few: Plan[] } {
  const groups = new Map<string, Plan[]>();
  for (const plan of plans) {
    const fields = Object.keys(plan.values).sort().join(',');
    const group = groups.get(fields) ?? [];
    group.push(plan);
    groups.set(fields, group);
  }
  const all = [...groups.values()];
  return {
    many: all.filter((group) => group.length > BULK),
    few: all.filter((group) => group.length <= BULK).flat(),
  };
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_none, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

async function send(
  turn: Turn,
  object: string,
  call: Plan['call'],
  plans: readonly Plan[],
  isBulk: boolean,
): Promise<void> {
  // After a fault of the whole connection no call is spent; what was not sent is put off.
  if (turn.fault) return;
  const { org, beforeSending, allowDuplicates = false } = turn.desk;
  const records = plans.map(({ values }) => (call === 'delete' ? { Id: values.Id } : values));
  const unfindable = plans.filter((plan) => !plan.isFindable).flatMap(({ numbers }) => numbers);
  await beforeSending(unfindable, isBulk);
  let answers: readonly SaveResult[];
  try {
    answers = isBulk
      ? await org.writeBulk(call, object, records, { allowDuplicates })
      : await org.write(call, object, records, { allowDuplicates });
    if (answers.length !== plans.length)
      throw new Error('Salesforce answered for other records than were sent.');
  } catch (error) {
    await failed(turn, object, call, plans, isBulk, asFault(error));
    return;
  }
  for (const [place, plan] of plans.entries()) {
    const answer = answers[place];
    if (answer) settle(turn, plan, ofAnswer(object, plan, answer));
  }
}

/** An answer that could not be read says nothing of what was done. */
function asFault(error: unknown): SalesforceFault {
  if (error instanceof SalesforceFault) return error;
  const message = error instanceof Error ? error.message : 'The answer could not be read.';
  return new SalesforceFault('retry', 'unexpected-answer', message.slice(0, 500), error);
}

/**
 * A refused call changed nothing. One record may be the reason, and is found by halves. Whatever else it is concerns the
 * connection, and ends the turn.
 */
async function failed(
  turn: Turn,
  object: string,
  call: Plan['call'],
  plans: readonly Plan[],
  isBulk: boolean,
  fault: SalesforceFault,
): Promise<void> {
  const [only, ...others] = plans;
  if (!only) return;
  const { code, message } = fault;
  if (fault.kind !== 'give-up') {
    turn.fault = fault;
    if (call === 'insert' && isUnknown(fault))
      for (const plan of plans.filter(({ isFindable }) => !isFindable))
        settle(turn, plan, lost(object, message));
  } else if (others.length === 0) settle(turn, only, refused({ object }, 400, code, message));
  else {
    const middle = Math.ceil(plans.length / 2);
    for (const part of [plans.slice(0, middle), plans.slice(middle)])
      await send(turn, object, call, part, isBulk && part.length > BULK);
  }
}

function lost(object: string, message: string): Result {
  return refused(
    { object },
    409,
    'outcome-unknown',
    `The org’s answer was lost (${message}): the record may have been created. Look for it, then try again or leave it.`,
  );
}

/** Whether a call that failed may have been carried out all the same. */
export function isUnknown({ code, message }: SalesforceFault): boolean {
  if (code === 'unreachable') return !/ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(message);
  return code === 'timeout' || code === 'unexpected-answer' || code.startsWith('HTTP_5');
}

function settle({ results }: Turn, plan: Plan, result: Result): void {
  for (const number of plan.numbers) results[number] = result;
}

const DONE = { insert: 'created', update: 'updated', delete: 'deleted' } as const;

function ofAnswer(object: string, plan: Plan, answer: SaveResult): Result {
  if (!answer.isSaved) return ofErrors(object, plan.id, answer.errors);
  const id = answer.id ?? plan.id;
  const outcome: Outcome = {
    status: plan.call === 'insert' ? 201 : 200,
    code: DONE[plan.call],
    message: '',
    object,
    ids: id === null ? [] : [id],
    ...(Object.keys(plan.leftOut).length > 0 ? { leftOut: plan.leftOut } : {}),
  };
  return { kind: 'done', outcome };
}
