import { expect, it } from 'vitest';
import { runTests } from '../local-org/execution/tests.ts';
import { createOrg } from '../local-org/org.ts';

it('saves, merges, converts and restores real records in an org of our own', { timeout: 120_000 }, () => {
  const org = createOrg({ sources: ['force-app', 'test/own-org'] });
  const classes = [...org.program.classes.keys()].filter((name) => /^di_ownorg.*test$/i.test(name));
  const failures = runTests(org, { classes }).filter((outcome) => outcome.failure !== null);
  expect(classes).toHaveLength(4);
  expect(failures.map(({ className, method, failure }) => `${className}.${method}: ${failure}`)).toEqual([]);
});
