import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { ApexEnum, isSourceObject } from '../values/instance.ts';
import { compareNumbers, isApexNumber } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { apexToString } from '../values/text.ts';
import { typeName } from '../values/type-ref.ts';
import { Bean } from './beans.ts';
import { findPlatformClass } from './registry.ts';

/** The order of List.sort(): null first, then by value; text with its case; Comparable decides for itself. */
export function naturalOrder(left: ApexValue, right: ApexValue): number {
  if (left === null || right === null)
    return Number(right === null) - Number(left === null) === 0 ? 0 : left === null ? -1 : 1;
  if (isApexNumber(left) && isApexNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (isSourceObject(left)) {
    const compareTo = left.$methods['compareto/1'];
    if (!compareTo)
      throw platformException(
        'System.ListException',
        'One or more of the items in this list is not Comparable.',
      );
    return Number(compareTo.call(left, right));
  }
  if (left instanceof ApexEnum && right instanceof ApexEnum) return left.ordinal - right.ordinal;
  if (left instanceof ApexSObject && right instanceof ApexSObject) return compareRecords(left, right);
  if (left instanceof Bean && right instanceof Bean) return compareOptions(left, right);
  return moment(left) - moment(right);
}

/** Options of a list are sorted by value, then by label. (Apex Reference Guide, List.sort.) */
function compareOptions(left: Bean, right: Bean): number {
  if (typeName(left.$type) !== 'System.SelectOption' || typeName(right.$type) !== 'System.SelectOption')
    return throwPlatform('System.ListException', 'One or more of the items in this list is not Comparable.');
  return (
    naturalOrder(left.get('value'), right.get('value')) || naturalOrder(left.get('label'), right.get('label'))
  );
}

function moment(value: ApexValue): number {
  if (value instanceof ApexDate) return value.days;
  if (value instanceof ApexDatetime) return value.time;
  if (value instanceof ApexTime) return value.milliseconds;
  throw platformException('System.ListException', 'One or more of the items in this list is not Comparable.');
}

/** By type, then by name, then by the other fields in their order. */
function compareRecords(left: ApexSObject, right: ApexSObject): number {
  const text = (record: ApexSObject) =>
    `${record.schema.name}\u0000${apexToString(record.values.get('name') ?? null)}\u0000${record.toString()}`;
  return text(left) < text(right) ? -1 : text(left) > text(right) ? 1 : 0;
}

/** `compare` of a Comparator, of the source or of the platform. */
export function comparison(comparator: ApexValue): (left: ApexValue, right: ApexValue) => unknown {
  if (typeof comparator !== 'object' || comparator === null) return throwNull();
  const own = isSourceObject(comparator) ? comparator.$methods['compare/2'] : undefined;
  if (own) return (left, right) => own.call(comparator, left, right);
  const { $type } = comparator;
  const compare =
    $type.kind === 'platform' ? findPlatformClass($type.name)?.methods?.['compare/2'] : undefined;
  return compare ? (left, right) => compare(comparator, left, right) : throwNull();
}
