import { Big, RoundingMode, type BigDecimal } from 'bigdecimal.js';
import type { ApexReference } from './object.ts';
import type { TypeRef } from './type-ref.ts';
import { throwPlatform } from './exception.ts';

/** A Double: boxed, so that an Object still knows it from an Integer. */
export class ApexDouble implements ApexReference {
  readonly $type: TypeRef = { kind: 'primitive', name: 'Double' };
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }

  /** As Java prints a double: always a fraction, exponents outside 10^-3 … 10^7. */
  toString(): string {
    const { value } = this;
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
    const size = Math.abs(value);
    if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
    if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? value.toFixed(1) : String(value);
    const [digits = '', exponent = '0'] = value.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
}

/** A Decimal: digits and scale kept, as Java's BigDecimal keeps them. */
export class ApexDecimal implements ApexReference {
  readonly $type: TypeRef = { kind: 'primitive', name: 'Decimal' };
  readonly big: BigDecimal;
  constructor(big: BigDecimal) {
    this.big = big;
  }

  static of(text: string | number | bigint): ApexDecimal {
    return new ApexDecimal(Big(typeof text === 'number' ? String(text) : text));
  }

  toString(): string {
    return this.big.toPlainString();
  }
}

/** What arithmetic on any number can be done with; null throws as the platform does. */
export type ApexNumber = number | bigint | ApexDouble | ApexDecimal;

export function isApexNumber(value: unknown): value is ApexNumber {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof ApexDouble ||
    value instanceof ApexDecimal
  );
}

export function toBig(value: ApexNumber): BigDecimal {
  if (value instanceof ApexDecimal) return value.big;
  if (value instanceof ApexDouble) return Big(String(value.value));
  return Big(typeof value === 'bigint' ? value : String(value));
}

export function toFloat(value: ApexNumber): number {
  if (value instanceof ApexDecimal) return value.big.numberValue();
  if (value instanceof ApexDouble) return value.value;
  return Number(value);
}

/** Scale of a quotient: the dividend's and divisor's digits decide; up to 33 places are kept, zeros at the end dropped. */
export function divideDecimals(left: BigDecimal, right: BigDecimal): BigDecimal {
  if (right.signum() === 0) throwPlatform('System.MathException', 'Divide by 0');
  const quotient = left.divide(right, 33, RoundingMode.HALF_UP).stripTrailingZeros();
  const least = Math.max(0, left.scale() - right.scale());
  return quotient.scale() < least ? quotient.setScale(least) : quotient;
}

/** Compares any two numbers by value: negative, zero or positive. */
export function compareNumbers(left: ApexNumber, right: ApexNumber): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left instanceof ApexDouble || right instanceof ApexDouble) return toFloat(left) - toFloat(right);
  return toBig(left).compareTo(toBig(right));
}
