import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optInFieldsSchema, optInValue, type OptInField } from '../../../server/src/consent/opt-in-fields.ts';

const field = (given: object): OptInField => {
  const [parsed] = optInFieldsSchema.parse([given]);
  if (!parsed) throw new Error('no field');
  return parsed;
};
const EMAIL_OPT_OUT = { optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' };
const ALL = field(EMAIL_OPT_OUT);
const ANY = field({ ...EMAIL_OPT_OUT, optIns: 'any' });
const BACK = field({ ...EMAIL_OPT_OUT, goesBack: true });
const NEWS = field({ optIn: 'news', field: 'News__c', trueWhen: 'granted' });

type Said = Readonly<Record<string, 'granted' | 'pending' | 'withdrawn'>>;
const value = (target: OptInField, said: Said, changed: readonly string[] | null = null): boolean | null =>
  optInValue(target, new Map(Object.entries(said)), changed && new Set(changed));

describe('a checkbox that stands for all opt-ins', () => {
  it.each<[string, Said, boolean | null]>([
    ['one topic of two is withdrawn', { news: 'withdrawn', offers: 'granted' }, null],
    ['one is withdrawn, and one still to be confirmed', { news: 'withdrawn', offers: 'pending' }, null],
    ['both are withdrawn', { news: 'withdrawn', offers: 'withdrawn' }, true],
    ['the only one that was asked for is withdrawn', { news: 'withdrawn' }, true],
    ['nothing was ever asked', {}, null],
    ['nothing is withdrawn', { news: 'granted' }, null],
  ])('by default, where %s', (_what, said, expected) => {
    expect(value(ALL, said)).toBe(expected);
  });

  it('is set by any one of them where that is chosen', () => {
    expect(value(ANY, { news: 'withdrawn', offers: 'granted' })).toBe(true);
    expect(value(ANY, { news: 'granted', offers: 'granted' })).toBeNull();
  });

  it('is cleared by a rule only, and only by somebody who opts in', () => {
    expect(value(BACK, { news: 'withdrawn', offers: 'granted' }, ['offers'])).toBe(false);
    // One topic less is no reason to clear what somebody may have set in Salesforce.
    expect(value(BACK, { news: 'withdrawn', offers: 'granted' }, ['news'])).toBeNull();
    expect(value(ALL, { news: 'withdrawn', offers: 'granted' }, ['offers'])).toBeNull();
  });

  it('is not set again by a grant, but by every new no', () => {
    expect(value(ANY, { news: 'withdrawn', offers: 'granted' }, ['offers'])).toBeNull();
    expect(value(ANY, { news: 'withdrawn', offers: 'withdrawn' }, ['offers'])).toBe(true);
    expect(value(ALL, { news: 'withdrawn', offers: 'withdrawn' }, ['offers'])).toBe(true);
  });

  it('is left alone by opt-ins of which nothing is known any more', () => {
    expect(value(ALL, { news: 'withdrawn' }, ['archived'])).toBeNull();
  });
});

describe('a checkbox of one opt-in', () => {
  it('hears of its own opt-in, and of no other', () => {
    const said: Said = { news: 'granted', offers: 'withdrawn' };
    expect(value(NEWS, said, ['news'])).toBe(true);
    expect(value(NEWS, said, ['offers'])).toBeNull();
    expect(value(NEWS, said, null)).toBe(true);
  });

  it('takes no choice of all or any', () => {
    expect(optInFieldsSchema.safeParse([{ ...NEWS, optIns: 'all' }]).success).toBe(false);
  });
});

const codes = ['news', 'offers', 'calls', 'surveys', 'events'] as const;
const consents = fc
  .dictionary(fc.constantFrom(...codes), fc.constantFrom('granted', 'pending', 'withdrawn'))
  .map((said) => new Map(Object.entries(said)));

describe('whatever a person has said', () => {
  it('no e-mail at all is never said for who keeps something', () => {
    fc.assert(
      fc.property(consents, fc.option(fc.subarray([...codes])), (said, changed) => {
        const keeps = [...said.values()].some((status) => status !== 'withdrawn');
        if (keeps) expect(optInValue(ALL, said, changed && new Set(changed))).not.toBe(true);
      }),
    );
  });

  it('it is said when the last thing that was kept is withdrawn', () => {
    fc.assert(
      fc.property(consents, fc.constantFrom(...codes), (said, last) => {
        const gone = new Map([...said.keys(), last].map((code) => [code, 'withdrawn']));
        expect(optInValue(ALL, gone, new Set([last]))).toBe(true);
      }),
    );
  });
});
