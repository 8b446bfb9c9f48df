import { z } from 'zod';

/** Characters of a name or code that something is looked up by. */
const NAME = 255;
/** Members of an object whose names are not known beforehand: more than any table or object has columns. */
const MEMBERS = 2000;

/** The name or code of something that is there, or is not. */
export const lookupName = z.string().max(NAME);

/** A name of Salesforce's API, which no longer one is: a namespace, two underscores, 40 characters and a suffix. */
const apiName = (what: string): z.ZodString =>
  z
    .string()
    .max(80)
    .regex(/^[A-Za-z]\w*$/, `the API name of a Salesforce ${what}`);

export const objectName = apiName('object');
/** Of a field of the object itself, or of an object where either may be named. */
export const fieldName = apiName('field');

/** An object of any members, whose values the schema leaves open or checks. */
export function membersOf<V extends z.ZodType>(value: V, most = MEMBERS): z.ZodRecord<z.ZodString, V> {
  return z.record(z.string().max(NAME), value).meta({ maxProperties: most });
}

/**
 * A text that its reader checks for characters which cannot be stored: of one entry of many, which is refused alone, or of a
 * link, which is only compared.
 */
export const readText = (most: number, least = 0): z.ZodType<string> =>
  z.preprocess((text) => text, z.string().min(least).max(most)).meta({ type: 'string', maxLength: most });

/** A row, a key, a record: values by the names of columns or fields. */
export const anyMembers = membersOf(z.unknown());

/**
 * A moment of ISO 8601 with its zone. The database knows the years 1 to 9999; a zone may carry the first and the last day
 * over the edge.
 */
export const moment = z.iso
  .datetime({ offset: true })
  .max(40)
  .refine((text) => {
    const time = Date.parse(text);
    return time >= FIRST_MOMENT && time <= LAST_MOMENT;
  }, 'is not in the years 1 to 9999');

const FIRST_MOMENT = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');
