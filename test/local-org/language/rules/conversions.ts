import type { PrimitiveName } from '../../values/type-ref.ts';
import type { Rule } from './rule.ts';

/** A value that an Object holds counts as, and casts to, these types beside its own. */
export const RUNTIME_CONVERSIONS: readonly (Rule & {
  readonly from: PrimitiveName;
  readonly to: readonly PrimitiveName[];
})[] = [
  {
    says: 'Numbers form a hierarchy: an Integer converts implicitly to Long, Double and Decimal.',
    source: 'Apex Developer Guide, Rules of Conversion; the same of instanceof: fflib_MatcherDefinitionsTest',
    from: 'Integer',
    to: ['Long', 'Double', 'Decimal'],
    examples: [
      ['(Object) 1 instanceof Integer', 'true'],
      ['(Object) 1 instanceof Long', 'true'],
      ['(Object) 1 instanceof Decimal', 'true'],
      ['(Decimal) (Object) 5 + 0.5', '5.5'],
      ['(Long) (Object) 5 + 2147483647', '2147483652'],
    ],
  },
  {
    says: 'A Long converts implicitly to Double and Decimal, and never to Integer.',
    source: 'Apex Developer Guide, Rules of Conversion; fflib_MatcherDefinitionsTest',
    from: 'Long',
    to: ['Double', 'Decimal'],
    examples: [
      ['(Object) 1L instanceof Integer', 'false'],
      ['(Object) 1L instanceof Double', 'true'],
      ['(Integer) (Object) 1L', 'System.TypeException: Invalid conversion from runtime type Long to Integer'],
    ],
  },
  {
    says: 'A Double converts implicitly to Decimal.',
    source: 'Apex Developer Guide, Rules of Conversion',
    from: 'Double',
    to: ['Decimal'],
    examples: [
      ["(Object) Double.valueOf('1.5') instanceof Decimal", 'true'],
      ["(Decimal) (Object) Double.valueOf('1.5') + 1", '2.5'],
    ],
  },
  {
    says: 'A Decimal that an Object holds is taken for a Double, too.',
    source: 'seen in public tests: fflib_MatcherDefinitionsTest, apex-fp',
    from: 'Decimal',
    to: ['Double'],
    examples: [
      ['(Object) 9.99 instanceof Double', 'true'],
      ['(Double) (Object) 2.5', '2.5'],
      ['(Object) 9.99 instanceof Long', 'false'],
    ],
  },
  {
    says: 'A Date converts implicitly to Datetime, and never the other way.',
    source: 'Apex Developer Guide, Rules of Conversion; fflib_MatcherDefinitionsTest',
    from: 'Date',
    to: ['Datetime'],
    examples: [
      ['(Object) Date.newInstance(2026, 1, 2) instanceof Datetime', 'true'],
      ['((Datetime) (Object) Date.newInstance(2026, 1, 2)).hourGmt()', '0'],
      ['(Object) Datetime.newInstanceGmt(2026, 1, 2) instanceof Date', 'false'],
    ],
  },
];
