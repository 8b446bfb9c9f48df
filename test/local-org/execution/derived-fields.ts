import type { ObjectSchema } from '../database/schema.ts';
import { ApexDatetime } from '../values/dates.ts';
import { ApexDecimal } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';

/** Fields that the platform works out of others when a record is saved. */
export function deriveFields(object: ObjectSchema, values: Map<string, ApexValue>): void {
  composeName(object, values);
  if (object.name === 'Opportunity') deriveStage(values);
  if (object.name === 'Task') {
    values.set('isclosed', values.get('status') === 'Completed');
    values.set('ishighpriority', values.get('priority') === 'High');
  }
  if (object.name === 'Event') deriveTimes(values);
  if (object.name === 'Case') values.set('isclosed', values.get('status') === 'Closed');
}

/** Start, end and duration of an event say the same: two of them make the third. */
function deriveTimes(values: Map<string, ApexValue>): void {
  const start = values.get('startdatetime') ?? values.get('activitydatetime');
  if (!(start instanceof ApexDatetime)) return;
  values.set('startdatetime', start);
  values.set('activitydatetime', start);
  values.set('activitydate', start.date());
  const end = values.get('enddatetime');
  const minutes = values.get('durationinminutes');
  if (end instanceof ApexDatetime)
    values.set('durationinminutes', Math.round((end.time - start.time) / 60_000));
  else if (typeof minutes === 'number')
    values.set('enddatetime', new ApexDatetime(start.time + minutes * 60_000));
}

/** Stages of a new org: how likely, and in what forecast category. */
const STAGES: Readonly<Record<string, readonly [probability: number, category: string]>> = {
  Prospecting: [10, 'Pipeline'],
  Qualification: [10, 'Pipeline'],
  'Needs Analysis': [20, 'Pipeline'],
  'Value Proposition': [50, 'Pipeline'],
  'Id. Decision Makers': [60, 'Pipeline'],
  'Perception Analysis': [70, 'Pipeline'],
  'Proposal/Price Quote': [75, 'Pipeline'],
  'Negotiation/Review': [90, 'Pipeline'],
  'Closed Won': [100, 'Closed'],
  'Closed Lost': [0, 'Omitted'],
};
/** The stage that the probability was taken from; no field of the object. */
const STAGE_TAKEN = '#stagetaken';

function deriveStage(values: Map<string, ApexValue>): void {
  const name = values.get('stagename');
  const stage = typeof name === 'string' ? STAGES[name] : undefined;
  const [probability, category] = stage ?? [0, 'Pipeline'];
  values.set('iswon', name === 'Closed Won');
  values.set('isclosed', name === 'Closed Won' || name === 'Closed Lost');
  values.set('forecastcategory', category);
  values.set('forecastcategoryname', category);
  const isNew = !values.has(STAGE_TAKEN);
  const isGiven = (values.get('probability') ?? null) !== null;
  if (isNew ? !isGiven : values.get(STAGE_TAKEN) !== name)
    values.set('probability', ApexDecimal.of(probability));
  values.set(STAGE_TAKEN, name ?? null);
  const amount = values.get('amount');
  const chance = values.get('probability');
  if (amount instanceof ApexDecimal && chance instanceof ApexDecimal)
    values.set('expectedrevenue', new ApexDecimal(amount.big.multiply(chance.big).movePointLeft(2)));
}

/** `Name` of people is made of its parts. */
function composeName(object: ObjectSchema, values: Map<string, ApexValue>): void {
  if (!object.fields.has('lastname') || object.fields.get('name')?.createable !== false) return;
  const parts = ['firstname', 'middlename', 'lastname']
    .map((key) => values.get(key))
    .filter((part) => typeof part === 'string');
  values.set('name', parts.join(' '));
}

export function autoNumber(format: unknown, number: number): string {
  return (typeof format === 'string' ? format : '{0}').replace(/\{(0+)\}/, (_whole, zeros: string) =>
    String(number).padStart(zeros.length, '0'),
  );
}
