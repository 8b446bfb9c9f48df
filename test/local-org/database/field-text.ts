import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { throwPlatform } from '../values/exception.ts';
import { to18 } from '../values/ids.ts';
import { ApexDecimal, ApexDouble } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import type { FieldSchema } from './schema.ts';

const DAY = 86_400_000;

/** A field's value from the text that a CSV file or metadata has; a System.TypeException for text of another kind. */
export function fieldText(field: FieldSchema, text: string): ApexValue {
  const number = (): number => {
    const value = Number(text);
    return Number.isNaN(value) ? throwPlatform('System.TypeException', `Invalid number: ${text}`) : value;
  };
  const moment = (written: string): number => {
    const time = Date.parse(written.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
    return Number.isNaN(time) ? throwPlatform('System.TypeException', `Invalid date/time: ${text}`) : time;
  };
  switch (field.apexType.kind === 'primitive' ? field.apexType.name : 'String') {
    case 'Boolean':
      return text.toLowerCase() === 'true' || text === '1';
    case 'Integer':
      return Math.trunc(number());
    case 'Long':
      return BigInt(Math.trunc(number()));
    case 'Double':
      return new ApexDouble(number());
    case 'Decimal':
      return ApexDecimal.of(number() === 0 ? '0' : text);
    case 'Date':
      return new ApexDate(Math.floor(moment(text.slice(0, 10)) / DAY));
    case 'Datetime':
      return new ApexDatetime(moment(text));
    case 'Time':
      return new ApexTime(moment(`1970-01-01T${text.replace(/Z?$/, 'Z')}`));
    case 'Blob':
      return new ApexBlob(Buffer.from(text, 'base64'));
    case 'Id':
      return to18(text);
    default:
      return text;
  }
}
