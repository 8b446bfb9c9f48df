import { say } from '../../messages/message.ts';
import { CommonRefusalJudge, DescriptionChanged, ProducerStopped } from './common-refusals.ts';
import { SalesforceFault, type OrgObject, type SalesforceOrg } from '../../salesforce/org.ts';
import { described, fitValues, type DescribedObject } from './field-values.ts';
import { findRecords, ImpossibleSearch, searchOf, type Search } from './find-records.ts';
import { planWrite, type Plan } from './plan-write.ts';
import { refused, several, WAITS, type RecordWrite, type Result } from './record-write.ts';
import { sendPlans } from './send-plans.ts';
import type { Desk, Turn } from './turn.ts';

/**
 * Carries out writes: describes their objects, finds their records, merges what goes to the same record in the order it came,
 * and sends the rest in as few calls as there are. Answers a result for each write. A fault that concerns more than one
 * record puts off what was not sent before it: nothing that was done is forgotten.
 */
export async function performWrites(desk: Desk, writes: readonly RecordWrite[]): Promise<readonly Result[]> {
  const turn: Turn = { desk, writes, results: writes.map(() => undefined), fault: null };
  for (const [object, numbers] of byObject(writes)) {
    if (turn.fault === null)
      try {
        await performOn(turn, object, numbers);
      } catch (error) {
        turn.fault = endOfTurn(error);
      }
    if (turn.fault) putOff(turn, numbers, turn.fault);
  }
  return turn.results.map((result) => {
    if (!result) throw new Error('A write was left without a result.');
    return result;
  });
}

/** What nothing can be written for is waited for as a fault of the org is. */
function endOfTurn(error: unknown): SalesforceFault {
  if (error instanceof SalesforceFault) return error;
  if (error instanceof ProducerStopped)
    return new SalesforceFault('give-up', error.code, error.message, error);
  throw error;
}

function putOff({ writes, results }: Turn, numbers: readonly number[], fault: SalesforceFault): void {
  for (const number of numbers) {
    const object = writes[number]?.object ?? '';
    results[number] ??= {
      kind: 'retry',
      outcome: { status: 503, code: fault.code, message: fault.message, object, ids: [] },
      fault,
    };
  }
}

/** Numbers of the writes of each object. */
function byObject(writes: readonly RecordWrite[]): Map<string, number[]> {
  const objects = new Map<string, number[]>();
  for (const [number, { object }] of writes.entries()) {
    const numbers = objects.get(object.toLowerCase()) ?? [];
    numbers.push(number);
    objects.set(object.toLowerCase(), numbers);
  }
  return objects;
}

/** Plans and sends once, and once more where the object turns out to be another one than it was described as. */
async function performOn(turn: Turn, object: string, numbers: readonly number[]): Promise<void> {
  try {
    await performPlanned(turn, object, numbers);
  } catch (error) {
    if (!(error instanceof DescriptionChanged)) throw error;
    await performPlanned(
      turn,
      object,
      numbers.filter((number) => turn.results[number] === undefined),
    );
  }
}

/** An object that the org does not have concerns the writes to it only; a field may have been created just now. */
async function describe(
  { org, descriptions, obstacle }: Desk,
  object: string,
  writes: readonly RecordWrite[],
): Promise<OrgObject | SalesforceFault> {
  try {
    const known = await descriptions.find(org, object);
    // Nothing is stopped for what was so some minutes ago.
    if (obstacle(known) !== null) return await descriptions.refresh(org, object);
    const lacks = writes.some((write) => {
      const fitted = fitValues(described(known), write);
      return 'code' in fitted && fitted.code === 'unknown-field';
    });
    return lacks ? await descriptions.find(org, object, { lacks }) : known;
  } catch (error) {
    if (error instanceof SalesforceFault && error.kind === 'give-up') return error;
    throw error;
  }
}

function ofUnknown(object: string, fault: SalesforceFault): Result {
  return refused(
    { object },
    400,
    'unknown-object',
    say('items.unknown-object', { object, said: fault.message }),
  );
}

async function performPlanned(turn: Turn, name: string, numbers: readonly number[]): Promise<void> {
  const { desk, writes, results } = turn;
  const own = numbers.flatMap((number) => writes[number] ?? []);
  const object = await describe(desk, name, own);
  const obstacle = desk.obstacle(object instanceof SalesforceFault ? null : object);
  if (obstacle !== null) throw new ProducerStopped('incompatible-fields', obstacle);
  if (object instanceof SalesforceFault) {
    for (const number of numbers) results[number] = ofUnknown(writes[number]?.object ?? name, object);
    return;
  }
  const judge = new CommonRefusalJudge({
    org: desk.org,
    descriptions: desk.descriptions,
    object: object.name,
    plannedWith: object,
    obstacle: desk.obstacle,
  });
  const plans = await planned(turn, described(object), numbers, judge);
  await sendPlans(turn, object.name, plans, judge);
}

/** Finds the records of writes, and plans what is sent for them; what cannot be sent has its result. */
async function planned(
  { desk, writes, results }: Turn,
  description: DescribedObject,
  numbers: readonly number[],
  judge: CommonRefusalJudge,
): Promise<readonly Plan[]> {
  const searches = new Map<number, Search>();
  const values = new Map<number, ReturnType<typeof fitValues>>();
  for (const number of numbers) {
    const write = writes[number];
    if (!write) continue;
    const problem = prepare(description, write, number, searches, values);
    if (problem) results[number] = problem;
  }
  const sought = [...searches.entries()].filter(([number]) => results[number] === undefined);
  const found = await findJudged(
    desk.org,
    description.object.name,
    sought.map(([, search]) => search),
    judge,
  );
  const ids = new Map(sought.map(([number], place) => [number, found[place] ?? []]));
  const plans = new Plans();
  for (const number of numbers) {
    const write = writes[number];
    const fitted = values.get(number);
    if (!write || results[number] !== undefined || !fitted || 'code' in fitted) continue;
    const known = ids.get(number) ?? [];
    const search = searches.get(number);
    if (known.length > 1) results[number] = several(write, known);
    else {
      const plan = planWrite(description, write, fitted, known[0] ?? null, search ?? null);
      if ('outcome' in plan) results[number] = plan;
      else if (!plans.add(number, plan)) results[number] = waiting(write);
    }
  }
  return plans.all;
}

/** A query that names a field which is no longer there says that the description is out of date. */
async function findJudged(
  org: SalesforceOrg,
  object: string,
  searches: readonly Search[],
  judge: CommonRefusalJudge,
): ReturnType<typeof findRecords> {
  try {
    return await findRecords(org, object, searches);
  } catch (error) {
    if (error instanceof SalesforceFault && error.kind === 'give-up') await judge.judgeCall(error);
    throw error;
  }
}

/** Readies what a write needs before anything is asked; answers what is wrong with it. */
function prepare(
  description: DescribedObject,
  write: RecordWrite,
  number: number,
  searches: Map<number, Search>,
  values: Map<number, ReturnType<typeof fitValues>>,
): Result | null {
  const fitted = fitValues(description, write);
  if ('code' in fitted) return refused(write, 400, fitted.code, fitted.message);
  values.set(number, fitted);
  if (write.match.by !== 'fields') return null;
  try {
    searches.set(number, searchOf(description, write.match));
    return null;
  } catch (error) {
    if (!(error instanceof ImpossibleSearch)) throw error;
    return refused(write, 400, error.code, error.message);
  }
}

function waiting(write: RecordWrite): Result {
  return {
    kind: 'retry',
    outcome: {
      status: 503,
      code: WAITS,
      message: 'Another write of the same turn may create the record first.',
      object: write.object,
      ids: [],
    },
  };
}

/** What is to be sent, each record once: a later write of a record lays its values over those of an earlier one. */
class Plans {
  readonly #byRecord = new Map<string, Plan>();
  readonly #creating = new Map<string, Plan>();
  readonly #all: Plan[] = [];

  get all(): readonly Plan[] {
    return this.#all;
  }

  /** Answers false where the write has to wait until an earlier one has created a record that may be its own. */
  add(number: number, plan: Omit<Plan, 'numbers'>): boolean {
    const key = plan.id === null ? plan.sameAs : `${plan.call} ${plan.id}`;
    const same = key === null ? undefined : this.#byRecord.get(key);
    if (same) {
      Object.assign(same.values, plan.values);
      Object.assign(same.leftOut, plan.leftOut);
      same.numbers.push(number);
      return true;
    }
    const tokens = plan.call === 'insert' ? plan.tokens : [];
    if (tokens.some((token) => this.#creating.has(token))) return false;
    const added: Plan = { ...plan, numbers: [number] };
    if (key !== null) this.#byRecord.set(key, added);
    for (const token of tokens) this.#creating.set(token, added);
    this.#all.push(added);
    return true;
  }
}
