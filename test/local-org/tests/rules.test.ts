import { beforeAll, describe, expect, it } from 'vitest';
import { RUNTIME_CONVERSIONS } from '../language/rules/conversions.ts';
import { OPERATOR_RULES } from '../language/rules/operators.ts';
import { ROUNDING_RULES } from '../language/rules/rounding.ts';
import { createOrg, type LocalOrg } from '../org.ts';
import { ApexException } from '../values/exception.ts';

const TABLES = { conversions: RUNTIME_CONVERSIONS, operators: OPERATOR_RULES, rounding: ROUNDING_RULES };

describe.each(Object.entries(TABLES))('the rules of %s', (_name, rules) => {
  let org: LocalOrg;
  beforeAll(() => {
    org = createOrg({ sources: [] });
  });

  const worth = (expression: string): string => {
    try {
      return org.executeAnonymous(`System.debug(${expression});`).at(-1) ?? '';
    } catch (error) {
      if (error instanceof ApexException) return error.toString();
      throw error;
    }
  };

  const examples = rules.flatMap(({ says, examples: all }) =>
    all.map(([expression, expected]) => ({ says, expression, expected })),
  );
  it.each(examples)('$expression: $says', ({ expression, expected }) => {
    expect(worth(expression)).toBe(expected);
  });
});
