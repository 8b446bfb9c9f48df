import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runTests } from '../execution/tests.ts';
import { createOrg } from '../org.ts';

const APEX = path.join(import.meta.dirname, 'apex');

/** Each folder is the source of one org; its own test classes say, in Apex, what the platform does. */
describe.each(readdirSync(APEX))('test classes about %s', (folder) => {
  const outcomes = runTests(createOrg({ sources: [path.join(APEX, folder)] }));

  it('are found', () => {
    expect(outcomes.length).toBeGreaterThan(0);
  });

  it.each(outcomes.map(({ className, method, failure }) => ({ name: `${className}.${method}`, failure })))(
    '$name passes',
    ({ failure }) => {
      expect(failure).toBeNull();
    },
  );
});
