import { describe, expect, it } from 'vitest';
import { fitValue } from '../../../server/src/outbound/engine/fit-shape.ts';
import { isSameValue } from '../../../server/src/outbound/comparisons/same-value.ts';
import type { OrgField } from '../../../server/src/salesforce/org.ts';

const field = (type: string): OrgField => ({
  name: 'Interests__c',
  label: 'Interests',
  type,
  length: 4099,
  precision: 0,
  scale: 0,
  isNillable: true,
  isUnique: false,
  isExternalId: false,
  isCreateable: true,
  isUpdateable: true,
  isFilterable: true,
  isDefaultedOnCreate: false,
  isRestrictedPicklist: false,
  picklist: [],
  referenceTo: [],
});

describe('several choices on their way to Salesforce', () => {
  it.each([
    ['A;B;', 'A;B'],
    [';A;B', 'A;B'],
    ['A; B', 'A;B'],
    ['A;B;A', 'A;B'],
    [['A', ' B', '', 'A'], 'A;B'],
    [[1, 2], '1;2'],
    [' ; ', null],
    [[], null],
  ])('%j are %j', (given, fitted) => {
    expect(fitValue(field('multipicklist'), given)).toBe(fitted);
  });

  it('are compared as choices, and a text as it is', () => {
    expect(isSameValue(field('multipicklist'), ['B', 'A', 'A'], 'A; B')).toBe(true);
    expect(isSameValue(field('multipicklist'), 'A', 'A;B')).toBe(false);
    expect(fitValue(field('string'), 'A; B;')).toBe('A; B;');
  });
});
