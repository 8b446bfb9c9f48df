import { describe, expect, it } from 'vitest';
import { runTests } from '../local-org/execution/tests.ts';
import { createOrg, type LocalOrg, type OrgOptions } from '../local-org/org.ts';

const PACKAGE = ['force-app'];

const ORGS: Readonly<Record<string, OrgOptions>> = {
  'refuses every record of the objects with triggers': { sources: [...PACKAGE, 'test/hostile-orgs/rules'] },
  'requires fields of its own': { sources: [...PACKAGE, 'test/hostile-orgs/required-fields'] },
  'has triggers that query and write': { sources: [...PACKAGE, 'test/hostile-orgs/triggers'] },
  'has classes of names that the platform took later': {
    sources: [...PACKAGE, 'test/hostile-orgs/names'],
  },
  'speaks French': { sources: PACKAGE, language: 'fr' },
  'has several currencies, and no person accounts': {
    sources: PACKAGE,
    features: { personAccounts: false, severalCurrencies: true },
  },
  'lets no two records agree in anything': {
    sources: PACKAGE,
    duplicateRules: [
      ...['Account', 'Campaign', 'Opportunity'].map((object) => ({ object, fields: ['Name'] })),
      ...['Contact', 'Lead'].map((object) => ({ object, fields: ['LastName'] })),
      { object: 'Case', fields: ['Origin'] },
    ],
  },
  'has no Translation Workbench': {
    sources: ['force-app/main', 'force-app/test'],
    features: { translationWorkbench: false },
  },
};

/** Triggers of the package that no test has run a line of: a deployment to production asks for one of each. */
function untouchedTriggers(org: LocalOrg): string[] {
  return org.program
    .coverage()
    .filter(
      ({ file, lines }) => file.startsWith('force-app/main') && file.endsWith('.trigger') && lines.size > 0,
    )
    .filter(({ lines }) => ![...lines.values()].some((count) => count > 0))
    .map(({ file }) => file);
}

/** The share of the package's lines that ran: 75 % is asked for. */
function covered(org: LocalOrg): number {
  const lines = org.program
    .coverage()
    .filter(({ file }) => file.startsWith('force-app/main'))
    .flatMap((each) => [...each.lines.values()]);
  return lines.filter((count) => count > 0).length / lines.length;
}

/** The package's tests pass whatever a customer has made of the org: a deployment is refused by the first that does not. */
describe.each(Object.entries(ORGS))('the tests of the package in an org that %s', (_name, options) => {
  it('pass, and cover what a deployment asks for', { timeout: 180_000 }, () => {
    const org = createOrg({ ...options, coverage: true });
    const outcomes = runTests(org);
    const failures = outcomes.filter((outcome) => outcome.failure !== null);
    expect(failures.map(({ className, method, failure }) => `${className}.${method}: ${failure}`)).toEqual(
      [],
    );
    expect(outcomes.length).toBeGreaterThan(150);
    expect(untouchedTriggers(org)).toEqual([]);
    expect(covered(org)).toBeGreaterThan(0.9);
  });
});

it('an org without the Translation Workbench refuses the whole of the package', () => {
  expect(() => createOrg({ sources: PACKAGE, features: { translationWorkbench: false } })).toThrow(
    'translations need the Translation Workbench',
  );
});
