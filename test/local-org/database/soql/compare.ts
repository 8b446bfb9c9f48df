import { ApexDate, ApexDatetime, ApexTime } from '../../values/dates.ts';
import { isId, to18 } from '../../values/ids.ts';
import { compareNumbers, isApexNumber } from '../../values/numbers.ts';
import type { ApexValue } from '../../values/object.ts';

/** Orders two values as SOQL does: text without regard to case. */
export function compareValues(left: ApexValue, right: ApexValue): number {
  if (isApexNumber(left) && isApexNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'string' && typeof right === 'string') {
    const a = left.toLowerCase();
    const b = right.toLowerCase();
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  return momentOf(left) - momentOf(right);
}

function momentOf(value: ApexValue): number {
  if (value instanceof ApexDate) return value.days * 86_400_000;
  if (value instanceof ApexDatetime) return value.time;
  if (value instanceof ApexTime) return value.milliseconds;
  return Number.NaN;
}

/** Equality as SOQL has it; ids of 15 and 18 characters are the same. */
export function sameValue(left: ApexValue, right: ApexValue, isReference: boolean): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left === 'string' && typeof right === 'string') {
    if (!isReference) return left.toLowerCase() === right.toLowerCase();
    return left === right || (isId(left) && isId(right) && to18(left) === to18(right));
  }
  return compareValues(left, right) === 0;
}
