import { expect, it } from 'vitest';
import { createOrg } from '../local-org/org.ts';

it('describes no shadow of an object to offer the objects of an org', { timeout: 120_000 }, () => {
  const org = createOrg({ sources: ['force-app'] });
  const before = org.counters.describes;
  const names = org
    .executeAnonymous(
      'for (DI_SourceObjects.Choice each : DI_SourceObjects.all()) { System.debug(each.name); }',
    )
    .map(String);
  const described = org.counters.describes - before;
  const all = Number(
    org.executeAnonymous('System.debug(Schema.getGlobalDescribe().size());').at(-1)?.split('|').at(-1),
  );
  expect(names.some((name) => name.includes('Contact'))).toBe(true);
  expect(names.some((name) => /(History|Share|Feed|ChangeEvent)$/.test(name))).toBe(false);
  expect(all).toBeGreaterThan(1000);
  // Nine of ten objects of an org are shadows; what is left is described once.
  expect(described).toBeLessThan(all / 2);
});
