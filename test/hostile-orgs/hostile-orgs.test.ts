import { describe, expect, it } from 'vitest';
import { runTests } from '../local-org/execution/tests.ts';
import { createOrg, type LocalOrg, type OrgOptions } from '../local-org/org.ts';

const ORGS: Readonly<Record<string, Omit<OrgOptions, 'sources'> & { readonly sources: readonly string[] }>> =
  {
    'refuses every record of the objects with triggers': { sources: ['test/hostile-orgs/rules'] },
    'requires fields of its own': { sources: ['test/hostile-orgs/required-fields'] },
    'has triggers that query and write': { sources: ['test/hostile-orgs/triggers'] },
    'speaks French': { sources: [], language: 'fr' },
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
    const org = createOrg({ ...options, coverage: true, sources: ['force-app', ...options.sources] });
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
