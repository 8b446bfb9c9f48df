import { say } from '../../messages/message.ts';
import { JobLost } from '../../salesforce/bulk-ingest.ts';
import type { CommonRefusalJudge } from './common-refusals.ts';
import { SalesforceFault } from '../../salesforce/org.ts';
import { sendRecords, type RecordAnswer } from './send-records.ts';
import type { Plan } from './plan-write.ts';
import { ofRefusal, refused, type Outcome, type Result } from './record-write.ts';
import type { Turn } from './turn.ts';

/** Records of the same fields from which on a job of Bulk API 2.0 costs fewer calls. */
const BULK_FROM = 2001;

/**
 * Sends plans in as few calls as there are, and writes down what became of each of their writes. Throws what ends the turn.
 */
export async function sendPlans(
  turn: Turn,
  object: string,
  plans: readonly Plan[],
  judge: CommonRefusalJudge,
): Promise<void> {
  for (const call of ['update', 'insert', 'delete'] as const)
    await sendCall(
      turn,
      object,
      call,
      plans.filter((plan) => plan.call === call),
      judge,
    );
}

async function sendCall(
  turn: Turn,
  object: string,
  call: Plan['call'],
  plans: readonly Plan[],
  judge: CommonRefusalJudge,
): Promise<void> {
  const { org, beforeSending, allowDuplicates = false } = turn.desk;
  let sent: readonly Plan[] = [];
  const sending = {
    org,
    operation: call,
    object,
    options: { allowDuplicates },
    bulkFrom: BULK_FROM,
    recordOf: ({ values }: Plan) => (call === 'delete' ? { Id: values.Id } : values),
    beforeCall: async (each: readonly Plan[], isBulk: boolean): Promise<void> => {
      const unfindable = each.filter((plan) => !plan.isFindable).flatMap(({ numbers }) => numbers);
      await beforeSending(unfindable, isBulk);
      sent = each;
    },
    onAnswers: (each: readonly Plan[], answers: readonly RecordAnswer[]): Promise<void> => {
      sent = [];
      for (const [place, plan] of each.entries()) {
        const answer = answers[place];
        if (answer) settle(turn, plan, resultOf(object, plan, answer));
      }
      return Promise.resolve();
    },
    onCommonRefusal: (refusal: Parameters<CommonRefusalJudge['judge']>[0]) => judge.judge(refusal),
  };
  try {
    await sendRecords(sending, plans);
  } catch (error) {
    if (call === 'insert' && error instanceof SalesforceFault && isUnknown(error))
      for (const plan of sent.filter(({ isFindable }) => !isFindable))
        settle(turn, plan, lost(object, error.message));
    throw error;
  }
}

function lost(object: string, message: string): Result {
  return refused({ object }, 409, 'outcome-unknown', say('items.answer-lost', { reason: message }));
}

/** Whether a call that failed may have been carried out all the same. */
function isUnknown(fault: SalesforceFault): boolean {
  const { code, message } = fault;
  if (fault instanceof JobLost) return true;
  if (code === 'unreachable') return !/ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(message);
  return code === 'timeout' || code === 'unexpected-answer' || code.startsWith('HTTP_5');
}

function settle({ results }: Turn, plan: Plan, result: Result): void {
  for (const number of plan.numbers) results[number] = result;
}

const DONE = { insert: 'created', update: 'updated', delete: 'deleted' } as const;

function resultOf(object: string, plan: Plan, answer: RecordAnswer): Result {
  if (!answer.isSaved) return ofRefusal(object, plan.id, answer.refusal);
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
