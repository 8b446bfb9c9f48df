import type { FieldSchema } from '../database/schema.ts';
import { ApexDate, ApexDatetime } from '../values/dates.ts';
import { ApexDecimal, ApexDouble } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';

const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * A value of a request's body as its field takes it. Salesforce reads bodies strictly: a text is a JSON string and nothing
 * else, a checkbox a JSON boolean, a date has no time and a moment no space, while numbers may be written as strings. One
 * value of another kind refuses the whole call, with its neighbours. (`Cannot deserialize instance of …`, as reported in
 * restforce 897, regican/Salesforce 2 and mautic 3048)
 *
 * @param text the body as it came, to say where in it the value stands
 * @param refuseWith throws what the caller is answered for a value of another kind
 */
export function valueFrom(
  field: FieldSchema,
  value: unknown,
  text: string,
  refuseWith: (message: string) => never,
): ApexValue {
  if (value === null || value === undefined || value === '') return null;
  const refuse = (): never => refuseWith(refusal(field, value, text));
  switch (field.apexType.kind === 'primitive' ? field.apexType.name : 'String') {
    case 'Boolean':
      if (value === 'true' || value === 'false') return value === 'true';
      return typeof value === 'boolean' ? value : refuse();
    case 'Integer': {
      const number = Number(numberText(value) ?? refuse());
      return Number.isInteger(number) ? number : refuse();
    }
    case 'Double':
      return new ApexDouble(Number(numberText(value) ?? refuse()));
    case 'Decimal':
      return ApexDecimal.of(numberText(value) ?? refuse());
    case 'Date':
      return new ApexDate(Math.floor((moment(value, DATE) ?? refuse()) / DAY));
    case 'Datetime':
      return new ApexDatetime(moment(value, DATETIME) ?? refuse());
    default:
      return typeof value === 'string' ? value : refuse();
  }
}

/** A number as it is written; null for what is none. */
function numberText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && NUMBER.test(value) ? value : null;
}

/** Milliseconds of a moment that is written as it has to be; null for anything else. */
function moment(value: unknown, pattern: RegExp): number | null {
  if (typeof value !== 'string' || !pattern.test(value)) return null;
  const time = Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(time) ? null : time;
}

function refusal(field: FieldSchema, value: unknown, text: string): string {
  const written = JSON.stringify(value);
  const shown = typeof value === 'object' ? written.slice(0, 1) : typeof value === 'string' ? value : written;
  const column = text.indexOf(`"${field.name}":${written}`) + 1;
  return `Cannot deserialize instance of ${field.type} from ${tokenOf(value)} value ${shown} or request may be missing a required field at [line:1, column:${column}]`;
}

/** The name that the parser has for a value. */
function tokenOf(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  if (typeof value === 'object') return 'START_OBJECT';
  if (typeof value === 'boolean') return value ? 'VALUE_TRUE' : 'VALUE_FALSE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT';
  return 'VALUE_STRING';
}
