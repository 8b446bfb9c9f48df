import type { Rule } from './rule.ts';

/** What operators do where types or null matter. The compiler's operators.ts and the runtime's arithmetic.ts follow these. */
export const OPERATOR_RULES: readonly Rule[] = [
  {
    says: 'x < y, x <= y, x > y, x >= y: where an operand is null, the expression is false.',
    source: 'Apex Developer Guide, Expression Operators',
    examples: [
      ['(Integer) null > 2', 'false'],
      ['(Integer) null <= 2', 'false'],
      ['2 >= (Integer) null', 'false'],
      ['(Decimal) null < 1', 'false'],
      ['(Long) null < 1.5', 'false'],
      ['(Date) null < Date.newInstance(2026, 1, 1)', 'false'],
      ['(Datetime) null >= (Datetime) null', 'false'],
    ],
  },
  {
    says: 'x ?? y: the expression has the type that both sides convert to, and the value is of that type.',
    source: 'Apex Developer Guide, Null Coalescing Operator; Rules of Conversion',
    examples: [
      ['((Decimal) null ?? 0) + 1.5', '1.5'],
      ["((Double) null ?? 0) + Double.valueOf('250')", '250.0'],
      ['((Long) null ?? 1) + 2147483647', '2147483648'],
      ["(String) null ?? 'x'", 'x'],
    ],
  },
  {
    says: 'The arms of ?: are converted to their common type.',
    source: 'Apex Developer Guide, Expression Operators; Rules of Conversion',
    examples: [
      ['(true ? 1 : 2.5) + 2.5', '3.5'],
      ['(true ? 1 : 5L) + 2147483647', '2147483648'],
    ],
  },
  {
    says: 'An operand of arithmetic that is null is a NullPointerException.',
    source: 'Apex Developer Guide, Expression Operators',
    examples: [
      ['1 + (Integer) null', 'System.NullPointerException: Attempt to de-reference a null object'],
      ['-(Decimal) null', 'System.NullPointerException: Attempt to de-reference a null object'],
    ],
  },
];
