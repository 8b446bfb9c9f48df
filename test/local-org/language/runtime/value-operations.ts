import { ApexDate, ApexDatetime } from '../../values/dates.ts';
import { apexEquals } from '../../values/equality.ts';
import { platformException, throwNull } from '../../values/exception.ts';
import { isId, to18 } from '../../values/ids.ts';
import { compareNumbers, isApexNumber } from '../../values/numbers.ts';
import type { ApexReference, ApexValue } from '../../values/object.ts';
import { apexToString } from '../../values/text.ts';
import { typeName, type TypeRef } from '../../values/type-ref.ts';
import { ApexType } from '../../values/type-value.ts';
import { compareValues } from '../../database/soql/compare.ts';
import { castNumber } from './arithmetic.ts';
import { isInstance, runtimeType } from './types.ts';

/** Single values in generated code: null, comparisons, conversions. */
export const valueOperations = {
  given<T>(value: T | null): T {
    return value ?? throwNull();
  },
  safe(value: ApexValue, then: (value: ApexValue) => ApexValue): ApexValue {
    return value === null ? null : then(value);
  },
  bool: (value: ApexValue): boolean => (typeof value === 'boolean' ? value : throwNull()),
  int: (value: number | null): number => value ?? throwNull(),
  concat: (left: ApexValue, right: ApexValue): string => apexToString(left) + apexToString(right),
  sameText: (left: string | null, right: string | null): boolean =>
    left === right ||
    (left !== null &&
      right !== null &&
      left.length === right.length &&
      left.toLowerCase() === right.toLowerCase()),
  sameId(left: ApexValue, right: ApexValue): boolean {
    if (left === right) return true;
    if (typeof left !== 'string' || typeof right !== 'string') return false;
    return isId(left) && isId(right)
      ? to18(left) === to18(right)
      : left.toLowerCase() === right.toLowerCase();
  },
  equal: (left: ApexValue, right: ApexValue): boolean => apexEquals(left, right),
  /** Negative, zero or positive; NaN, which no comparison is true of, where one is null. */
  compare(left: ApexValue, right: ApexValue): number {
    if (left === null || right === null) return NaN;
    if (isApexNumber(left) && isApexNumber(right)) return compareNumbers(left, right);
    return compareValues(left, right);
  },
  compareIntegers: (left: number | null, right: number | null): number =>
    left === null || right === null ? NaN : left - right,
  switchEqual(left: ApexValue, right: ApexValue): boolean {
    if (left === null || right === null) return left === right;
    return isApexNumber(left) && isApexNumber(right) ? compareNumbers(left, right) === 0 : left === right;
  },
  toId: (value: string | null): string | null => (value === null || value === '' ? null : to18(value)),
  toDatetime: (value: ApexValue): ApexValue =>
    value instanceof ApexDate ? new ApexDatetime(value.days * 86_400_000) : value,
  cast(value: ApexValue, type: TypeRef): ApexValue {
    if (value === null) return value;
    if (isInstance(value, type)) return asOwnType(value, type);
    throw platformException(
      'System.TypeException',
      `Invalid conversion from runtime type ${typeName(runtimeType(value))} to ${typeName(type)}`,
    );
  },
  isInstance,
  typeOf: (type: TypeRef): ApexReference => new ApexType(type),
};

/** What an instance of a wider type is as a value of it: a number of that type, a Datetime of a Date. */
function asOwnType(value: ApexValue, type: TypeRef): ApexValue {
  if (type.kind !== 'primitive' || type.name === 'Object') return value;
  if (isApexNumber(value)) return castNumber(value, type);
  return value instanceof ApexDate && type.name === 'Datetime'
    ? new ApexDatetime(value.days * 86_400_000)
    : value;
}
