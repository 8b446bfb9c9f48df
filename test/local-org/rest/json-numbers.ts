import { randomUUID } from 'node:crypto';
import type { BigDecimal } from 'bigdecimal.js';

/** What a number's digits begin with in a text of JSON.stringify, which prints no number but floats. */
const MARK = `number ${randomUUID()} `;

/** A number in an answer, by its digits. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    return MARK + this.text;
  }
}

/** JSON as JSON.stringify writes it, with numbers by their digits. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes(MARK) ? text.replaceAll(new RegExp(`"${MARK}([^"]*)"`, 'g'), '$1') : text;
}

/**
 * A number field as the APIs print it, in REST and in Bulk's CSV: as Java prints a double, `12.5`, `1234567.0` and
 * `1.2345678E7`. (Salesforce Help, *Why do I see exponential values for custom number field?*) That digits beyond a float's
 * are printed too is told of SOAP only, and tried nowhere.
 */
export function numberField(value: BigDecimal): JsonNumber {
  const stripped = value.stripTrailingZeros();
  if (stripped.signum() === 0) return new JsonNumber('0.0');
  const sign = stripped.signum() < 0 ? '-' : '';
  const digits = stripped.unscaledValue().toString().replace('-', '');
  const exponent = digits.length - stripped.scale() - 1;
  if (exponent < -3 || exponent > 6)
    return new JsonNumber(`${sign}${digits.slice(0, 1)}.${digits.slice(1) || '0'}E${exponent}`);
  const plain = stripped.toPlainString();
  return new JsonNumber(plain.includes('.') ? plain : `${plain}.0`);
}
