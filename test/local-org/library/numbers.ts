import { MathContext, RoundingMode } from 'bigdecimal.js';
import { castNumber } from '../language/runtime/arithmetic.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import { ApexEnum } from '../values/instance.ts';
import { ApexDecimal, ApexDouble, isApexNumber, toBig, toFloat, type ApexNumber } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { platformClass } from './registry.ts';

const type = (name: 'Integer' | 'Long' | 'Double' | 'Decimal'): TypeRef => ({ kind: 'primitive', name });
const MODES: Readonly<Record<string, RoundingMode>> = {
  CEILING: RoundingMode.CEILING,
  DOWN: RoundingMode.DOWN,
  FLOOR: RoundingMode.FLOOR,
  HALF_DOWN: RoundingMode.HALF_DOWN,
  HALF_EVEN: RoundingMode.HALF_EVEN,
  HALF_UP: RoundingMode.HALF_UP,
  UNNECESSARY: RoundingMode.UNNECESSARY,
  UP: RoundingMode.UP,
};
const mode = (value: ApexEnum): RoundingMode => MODES[value.name] ?? RoundingMode.HALF_UP;
const grouped = (text: string): string => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

function wholeOf(value: ApexValue, name: 'Integer' | 'Long', bits: number): ApexValue {
  if (value === null) return throwNull();
  if (isApexNumber(value)) return castNumber(value, type(name));
  const text = String(value);
  if (!/^[+-]?\d+$/.test(text.trim()) || BigInt.asIntN(bits, BigInt(text.trim())) !== BigInt(text.trim())) {
    throwPlatform('System.TypeException', `Invalid ${name.toLowerCase()}: ${text}`);
  }
  return name === 'Integer' ? Number(text) : BigInt(text.trim());
}

function decimalOf(value: ApexValue): ApexDecimal {
  if (value === null) return throwNull();
  if (isApexNumber(value)) return new ApexDecimal(toBig(value));
  const text = String(value).trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text))
    throwPlatform('System.TypeException', `Invalid decimal: ${text}`);
  return ApexDecimal.of(text);
}

platformClass({
  name: 'System.Integer',
  statics: {
    'valueOf/1': (value: ApexValue) => wholeOf(value, 'Integer', 32),
    // Of an empty number field it is null; of no text it is an error.
    'valueOf(java.lang.Object)': (value: ApexValue) =>
      value === null ? null : wholeOf(value, 'Integer', 32),
  },
  methods: {
    'format/0': (value: number) => grouped(String(value)),
    'intValue/0': (value: number) => value,
    'doubleValue/0': (value: number) => new ApexDouble(value),
    'toString/0': (value: number) => String(value),
    'equals/1': (value: number, other: ApexValue) => value === other,
    'hashCode/0': (value: number) => value,
  },
});
platformClass({
  name: 'System.Long',
  statics: { 'valueOf/1': (value: ApexValue) => wholeOf(value, 'Long', 64) },
  methods: {
    'format/0': (value: bigint) => grouped(String(value)),
    'intValue/0': (value: bigint) => Number(BigInt.asIntN(32, value)),
    'longValue/0': (value: bigint) => value,
    'doubleValue/0': (value: bigint) => new ApexDouble(Number(value)),
  },
});
platformClass({
  name: 'System.Double',
  statics: { 'valueOf/1': (value: ApexValue) => new ApexDouble(toFloat(decimalOf(value))) },
  methods: {
    'intValue/0': (value: ApexDouble) => castNumber(value, type('Integer')),
    'longValue/0': (value: ApexDouble) => castNumber(value, type('Long')),
    'doubleValue/0': (value: ApexDouble) => value,
    'round/0': (value: ApexDouble) => BigInt(Math.round(value.value)),
    'format/0': (value: ApexDouble) => grouped(String(value.value)),
  },
});
platformClass({
  name: 'System.Decimal',
  statics: { 'valueOf/1': decimalOf },
  methods: {
    'abs/0': (value: ApexDecimal) => new ApexDecimal(value.big.abs()),
    'divide/2': (value: ApexDecimal, by: ApexNumber, scale: number) =>
      new ApexDecimal(value.big.divide(toBig(by), scale, RoundingMode.HALF_UP)),
    'divide/3': (value: ApexDecimal, by: ApexNumber, scale: number, rounding: ApexEnum) =>
      new ApexDecimal(value.big.divide(toBig(by), scale, mode(rounding))),
    'doubleValue/0': (value: ApexDecimal) => new ApexDouble(toFloat(value)),
    'format/0': (value: ApexDecimal) => {
      const [whole = '', fraction] = value.toString().split('.');
      return fraction === undefined ? grouped(whole) : `${grouped(whole)}.${fraction}`;
    },
    'intValue/0': (value: ApexDecimal) => castNumber(value, type('Integer')),
    'longValue/0': (value: ApexDecimal) => castNumber(value, type('Long')),
    'pow/1': (value: ApexDecimal, power: number) => new ApexDecimal(value.big.pow(power)),
    'precision/0': (value: ApexDecimal) => value.big.precision(),
    'scale/0': (value: ApexDecimal) => value.big.scale(),
    'round/0': (value: ApexDecimal) => BigInt(value.big.setScale(0, RoundingMode.HALF_EVEN).toPlainString()),
    'round/1': (value: ApexDecimal, rounding: ApexEnum) =>
      BigInt(value.big.setScale(0, mode(rounding)).toPlainString()),
    'setScale/1': (value: ApexDecimal, scale: number) =>
      new ApexDecimal(value.big.setScale(scale, RoundingMode.HALF_EVEN)),
    'setScale/2': (value: ApexDecimal, scale: number, rounding: ApexEnum) =>
      new ApexDecimal(value.big.setScale(scale, mode(rounding))),
    'stripTrailingZeros/0': (value: ApexDecimal) => new ApexDecimal(value.big.stripTrailingZeros()),
    'toPlainString/0': (value: ApexDecimal) => value.toString(),
  },
});
platformClass({
  name: 'System.Boolean',
  statics: {
    'valueOf/1': (value: ApexValue) =>
      typeof value === 'boolean' ? value : String(value ?? throwNull()).toLowerCase() === 'true',
  },
});

const real =
  (compute: (...values: number[]) => number) =>
  (...values: ApexNumber[]) =>
    new ApexDouble(compute(...values.map(toFloat)));
/** min, max, abs and the like keep the wider type of their operands, which the compiler has made the same. */
const pick = (choose: (difference: number) => boolean) => (left: ApexNumber, right: ApexNumber) =>
  choose(toFloat(left) - toFloat(right)) ? left : right;

platformClass({
  name: 'System.Math',
  statics: {
    'abs/1': (value: ApexNumber) =>
      toFloat(value) >= 0
        ? value
        : value instanceof ApexDecimal
          ? new ApexDecimal(value.big.negate())
          : value instanceof ApexDouble
            ? new ApexDouble(-value.value)
            : typeof value === 'number'
              ? -value | 0
              : BigInt.asIntN(64, -value),
    'max/2': pick((difference) => difference >= 0),
    'min/2': pick((difference) => difference <= 0),
    'mod/2': (left: ApexNumber, right: ApexNumber) => {
      if (toFloat(right) === 0) throwPlatform('System.MathException', 'Divide by 0');
      return typeof left === 'bigint' && typeof right === 'bigint'
        ? left % right
        : (Number(left) % Number(right)) + 0;
    },
    'ceil/1': (value: ApexNumber) =>
      value instanceof ApexDecimal
        ? new ApexDecimal(value.big.setScale(0, RoundingMode.CEILING))
        : new ApexDouble(Math.ceil(toFloat(value))),
    'floor/1': (value: ApexNumber) =>
      value instanceof ApexDecimal
        ? new ApexDecimal(value.big.setScale(0, RoundingMode.FLOOR))
        : new ApexDouble(Math.floor(toFloat(value))),
    'round/1': (value: ApexNumber) =>
      Number(toBig(value).setScale(0, RoundingMode.HALF_EVEN).toPlainString()),
    'roundToLong/1': (value: ApexNumber) =>
      BigInt(toBig(value).setScale(0, RoundingMode.HALF_EVEN).toPlainString()),
    'rint/1': (value: ApexNumber) =>
      new ApexDouble(toFloat(new ApexDecimal(toBig(value).setScale(0, RoundingMode.HALF_EVEN)))),
    'signum/1': (value: ApexNumber) => new ApexDouble(Math.sign(toFloat(value))),
    'random/0': () => new ApexDouble(Math.random()),
    'sqrt/1': (value: ApexNumber) =>
      value instanceof ApexDecimal
        ? new ApexDecimal(value.big.sqrt(new MathContext(16)))
        : new ApexDouble(Math.sqrt(toFloat(value))),
    'pow/2': real(Math.pow),
    'exp/1': real(Math.exp),
    'log/1': real(Math.log),
    'log10/1': real(Math.log10),
    'cbrt/1': real(Math.cbrt),
    'sin/1': real(Math.sin),
    'cos/1': real(Math.cos),
    'tan/1': real(Math.tan),
    'asin/1': real(Math.asin),
    'acos/1': real(Math.acos),
    'atan/1': real(Math.atan),
    'atan2/2': real(Math.atan2),
    'sinh/1': real(Math.sinh),
    'cosh/1': real(Math.cosh),
    'tanh/1': real(Math.tanh),
  },
  staticProperties: { PI: () => new ApexDouble(Math.PI), E: () => new ApexDouble(Math.E) },
});
platformClass({
  name: 'System.RoundingMode',
  enumValues: ['UP', 'DOWN', 'CEILING', 'FLOOR', 'HALF_UP', 'HALF_DOWN', 'HALF_EVEN', 'UNNECESSARY'],
});
