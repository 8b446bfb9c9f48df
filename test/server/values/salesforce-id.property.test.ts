import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { salesforceId } from '../../../server/src/values/salesforce-id.ts';

const short = fc.stringMatching(/^[a-zA-Z0-9]{15}$/);

describe('an id of Salesforce', () => {
  // As Salesforce's own articles and well-known libraries have them.
  it.each([
    ['0035g00000LkXaB', '0035g00000LkXaBAAV'],
    ['0015000000Gv7qJ', '0015000000Gv7qJAAR'],
    ['70130000001tcyI', '70130000001tcyIAAQ'],
    ['003G000001SUbc4', '003G000001SUbc4IAD'],
    ['003000000000001', '003000000000001AAA'],
  ])('of 15 characters, %s, is completed to %s', (id, whole) => {
    expect(salesforceId(id)).toBe(whole);
    expect(salesforceId(whole)).toBe(whole);
  });

  it('gets the case back that it lost', () => {
    fc.assert(
      fc.property(short, (id) => {
        const whole = salesforceId(id);
        expect(whole).toHaveLength(18);
        expect(whole?.slice(0, 15)).toBe(id);
        expect(salesforceId(whole?.toLowerCase() ?? '')).toBe(whole);
        expect(salesforceId(whole?.toUpperCase() ?? '')).toBe(whole);
      }),
    );
  });

  it.each([
    ['14 characters', '0035g00000LkXa'],
    ['16 characters', '0035g00000LkXaBA'],
    ['a space', '0035g00000LkXaB '],
    ['a hyphen', '0035g00000-kXaB'],
    ['a suffix that asks a digit to be a capital', '003000000000001AAB'],
    ['a suffix of a character that none has', '003000000000001AA9'],
    ['nothing', ''],
  ])('is not one with %s', (_what, text) => {
    expect(salesforceId(text)).toBeNull();
  });
});
