import { z } from 'zod';
import { withoutExponent } from './exact-numbers.ts';

/** What becomes of digits that a number has beyond those that its place shows. */
export const decimalsSchema = z.enum(['round', 'refuse']);
export type Decimals = z.output<typeof decimalsSchema>;

/**
 * A number, as text, with so many digits after the point at the most: half of the last one goes up, away from zero, as
 * Salesforce shows it. Null for what is no number.
 */
export function rounded(written: string, scale: number): string | null {
  const found = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?$/.exec(withoutExponent(written.trim()));
  if (!found) return null;
  const [, sign = '', whole = '', fraction = ''] = found;
  const shown = Math.min(scale, fraction.length);
  const kept = whole + fraction.slice(0, shown);
  const isUp = (fraction[shown] ?? '0') >= '5';
  const digits = (isUp ? String(BigInt(kept === '' ? '0' : kept) + 1n) : kept).padStart(
    Math.max(kept.length, shown + 1),
    '0',
  );
  const point = digits.length - shown;
  const number = shown === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return sign === '-' && /[1-9]/.test(number) ? `-${number}` : number;
}
