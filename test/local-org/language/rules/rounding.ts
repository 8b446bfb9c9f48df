import type { Rule } from './rule.ts';

/** Where digits are dropped without a rounding mode. */
export const ROUNDING_RULES: readonly Rule[] = [
  {
    says: 'setScale(scale) and round() round half even.',
    source: 'Apex Reference, Decimal: "rounds … using half-even rounding mode"',
    examples: [
      ['(2.345).setScale(2)', '2.34'],
      ['(2.355).setScale(2)', '2.36'],
      ['(2.3450001).setScale(2)', '2.35'],
      ['(-2.345).setScale(2)', '-2.34'],
      ['(2.5).round()', '2'],
      ['(3.5).round()', '4'],
    ],
  },
  {
    says: 'Math.round and Math.abs stay within 32 bits.',
    source: 'Apex Reference, Math; two’s complement as everywhere; round is half even',
    examples: [
      ['Math.abs(-2147483648)', '-2147483648'],
      ['Math.round(2.5)', '2'],
      ['Math.rint(2.5)', '2.0'],
    ],
  },
];
