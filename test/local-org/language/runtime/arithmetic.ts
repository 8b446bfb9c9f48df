import { Big, RoundingMode } from 'bigdecimal.js';
import { ApexDate, ApexDatetime, ApexTime } from '../../values/dates.ts';
import { throwNull, throwPlatform } from '../../values/exception.ts';
import {
  ApexDecimal,
  ApexDouble,
  divideDecimals,
  toBig,
  toFloat,
  type ApexNumber,
} from '../../values/numbers.ts';
import type { ApexValue } from '../../values/object.ts';
import type { TypeRef } from '../../values/type-ref.ts';

type Maybe<T> = T | null;

function whole(value: Maybe<number>): number {
  return value ?? throwNull();
}
function long(value: Maybe<bigint>): bigint {
  return value ?? throwNull();
}
function real(value: Maybe<ApexDouble>): number {
  return (value ?? throwNull()).value;
}
function decimal(value: Maybe<ApexDecimal>): ApexDecimal['big'] {
  return (value ?? throwNull()).big;
}
const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

/** Arithmetic by declared type, one function an operator and type. A null operand is a NullPointerException. */
export const arithmetic = {
  addInteger: (a: Maybe<number>, b: Maybe<number>) => (whole(a) + whole(b)) | 0,
  subtractInteger: (a: Maybe<number>, b: Maybe<number>) => (whole(a) - whole(b)) | 0,
  multiplyInteger: (a: Maybe<number>, b: Maybe<number>) => Math.imul(whole(a), whole(b)),
  divideInteger: (a: Maybe<number>, b: Maybe<number>) =>
    whole(b) === 0 ? divisionByZero() : (whole(a) / whole(b)) | 0,
  addLong: (a: Maybe<bigint>, b: Maybe<bigint>) => wrap(long(a) + long(b)),
  subtractLong: (a: Maybe<bigint>, b: Maybe<bigint>) => wrap(long(a) - long(b)),
  multiplyLong: (a: Maybe<bigint>, b: Maybe<bigint>) => wrap(long(a) * long(b)),
  divideLong: (a: Maybe<bigint>, b: Maybe<bigint>) =>
    long(b) === 0n ? divisionByZero() : wrap(long(a) / long(b)),
  addDouble: (a: Maybe<ApexDouble>, b: Maybe<ApexDouble>) => new ApexDouble(real(a) + real(b)),
  subtractDouble: (a: Maybe<ApexDouble>, b: Maybe<ApexDouble>) => new ApexDouble(real(a) - real(b)),
  multiplyDouble: (a: Maybe<ApexDouble>, b: Maybe<ApexDouble>) => new ApexDouble(real(a) * real(b)),
  divideDouble: (a: Maybe<ApexDouble>, b: Maybe<ApexDouble>) =>
    real(b) === 0 ? divisionByZero() : new ApexDouble(real(a) / real(b)),
  addDecimal: (a: Maybe<ApexDecimal>, b: Maybe<ApexDecimal>) => new ApexDecimal(decimal(a).add(decimal(b))),
  subtractDecimal: (a: Maybe<ApexDecimal>, b: Maybe<ApexDecimal>) =>
    new ApexDecimal(decimal(a).subtract(decimal(b))),
  multiplyDecimal: (a: Maybe<ApexDecimal>, b: Maybe<ApexDecimal>) =>
    new ApexDecimal(decimal(a).multiply(decimal(b))),
  divideDecimal: (a: Maybe<ApexDecimal>, b: Maybe<ApexDecimal>) =>
    new ApexDecimal(divideDecimals(decimal(a), decimal(b))),
  negateInteger: (a: Maybe<number>) => -whole(a) | 0,
  negateLong: (a: Maybe<bigint>) => wrap(-long(a)),
  negateDouble: (a: Maybe<ApexDouble>) => new ApexDouble(-real(a)),
  negateDecimal: (a: Maybe<ApexDecimal>) => new ApexDecimal(decimal(a).negate()),
  notInteger: (a: Maybe<number>) => ~whole(a),
  notLong: (a: Maybe<bigint>) => wrap(~long(a)),
  andInteger: (a: Maybe<number>, b: Maybe<number>) => whole(a) & whole(b),
  orInteger: (a: Maybe<number>, b: Maybe<number>) => whole(a) | whole(b),
  xorInteger: (a: Maybe<number>, b: Maybe<number>) => whole(a) ^ whole(b),
  leftInteger: (a: Maybe<number>, b: Maybe<number>) => whole(a) << whole(b),
  rightInteger: (a: Maybe<number>, b: Maybe<number>) => whole(a) >> whole(b),
  rightUnsignedInteger: (a: Maybe<number>, b: Maybe<number>) => (whole(a) >>> whole(b)) | 0,
  andLong: (a: Maybe<bigint>, b: Maybe<bigint>) => long(a) & long(b),
  orLong: (a: Maybe<bigint>, b: Maybe<bigint>) => long(a) | long(b),
  xorLong: (a: Maybe<bigint>, b: Maybe<bigint>) => long(a) ^ long(b),
  leftLong: (a: Maybe<bigint>, b: Maybe<bigint>) => wrap(long(a) << (long(b) & 63n)),
  rightLong: (a: Maybe<bigint>, b: Maybe<bigint>) => long(a) >> (long(b) & 63n),
  rightUnsignedLong: (a: Maybe<bigint>, b: Maybe<bigint>) =>
    wrap(BigInt.asUintN(64, long(a)) >> (long(b) & 63n)),
  andBoolean: (a: Maybe<boolean>, b: Maybe<boolean>) => (a ?? throwNull()) && (b ?? throwNull()),
  orBoolean: (a: Maybe<boolean>, b: Maybe<boolean>) => (a ?? throwNull()) || (b ?? throwNull()),
  xorBoolean: (a: Maybe<boolean>, b: Maybe<boolean>) => (a ?? throwNull()) !== (b ?? throwNull()),
  longToInteger: (a: Maybe<bigint>) => Number(BigInt.asIntN(32, long(a))),
  widenIntegerToLong: (a: Maybe<number>) => (a === null ? null : BigInt(a)),
  widenIntegerToDouble: (a: Maybe<number>) => (a === null ? null : new ApexDouble(a)),
  widenIntegerToDecimal: (a: Maybe<number>) => (a === null ? null : new ApexDecimal(Big(a))),
  widenLongToDouble: (a: Maybe<bigint>) => (a === null ? null : new ApexDouble(Number(a))),
  widenLongToDecimal: (a: Maybe<bigint>) => (a === null ? null : new ApexDecimal(Big(a))),
  widenDoubleToDecimal: (a: Maybe<ApexDouble>) => (a === null ? null : new ApexDecimal(toBig(a))),
  widenDecimalToDouble: (a: Maybe<ApexDecimal>) => (a === null ? null : new ApexDouble(toFloat(a))),
  double: (value: number) => new ApexDouble(value),
  decimal: (text: string) => ApexDecimal.of(text),
  castNumber,
  addToDate: (date: ApexValue, amount: ApexNumber | null) => moved(date, amount, 1),
  subtractToDate: (date: ApexValue, amount: ApexNumber | null) => moved(date, amount, -1),
};

function divisionByZero(): never {
  throwPlatform('System.MathException', 'Divide by 0');
}

/** A number as another type: to Integer and Long the fraction is cut off. */
export function castNumber(value: ApexNumber | null, type: TypeRef): ApexValue {
  if (value === null || type.kind !== 'primitive') return null;
  switch (type.name) {
    case 'Integer':
      return Number(BigInt.asIntN(32, truncated(value)));
    case 'Long':
      return wrap(truncated(value));
    case 'Double':
      return value instanceof ApexDouble ? value : new ApexDouble(toFloat(value));
    default:
      return value instanceof ApexDecimal ? value : new ApexDecimal(toBig(value));
  }
}

function truncated(value: ApexNumber): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  return BigInt(toBig(value).setScale(0, RoundingMode.DOWN).toPlainString());
}

/** `date + 3`, `datetime - 0.5`: days, or fractions of one. */
function moved(date: ApexValue, amount: ApexNumber | null, sign: 1 | -1): ApexValue {
  const days = sign * toFloat(amount ?? throwNull());
  if (date instanceof ApexDate) return new ApexDate(date.days + Math.trunc(days));
  if (date instanceof ApexDatetime) return new ApexDatetime(date.time + Math.round(days * 86_400_000));
  if (date instanceof ApexTime) return new ApexTime(date.milliseconds + days);
  return throwNull();
}
