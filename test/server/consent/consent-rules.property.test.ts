import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addAct,
  CONSENT_SOURCES,
  inOrder,
  standingAfter,
  type Act,
  type Asked,
  type ConsentSource,
} from '../../../server/src/consent/consent-rules.ts';

const ASKED: readonly Asked[] = ['granted', 'pending', 'confirmed', 'withdrawn'];
const COPIES: readonly ConsentSource[] = ['import', 'salesforce'];

const act = fc
  .record({
    asked: fc.constantFrom(...ASKED),
    source: fc.constantFrom(...CONSENT_SOURCES),
    occurredAt: fc.integer({ min: 0, max: 30 }),
    patience: fc.integer({ min: 0, max: 10 }),
  })
  .map(({ asked, source, occurredAt, patience }): Act => ({
    asked,
    source,
    occurredAt,
    pendingUntil: asked === 'pending' ? occurredAt + patience : null,
  }));
const acts = fc.array(act, { maxLength: 12 });

/** As acts come in, one after another. */
const told = (given: readonly Act[]): string | null => {
  let status: string | null = null;
  given.forEach((each, index) => {
    status = addAct(given.slice(0, index), each).standing.status;
  });
  return status;
};

describe('what stands of a consent', () => {
  it('depends on what was done, not on the order in which it is told', () => {
    fc.assert(
      fc.property(
        acts.chain((given) =>
          fc.tuple(
            fc.constant(given),
            fc.shuffledSubarray(given, { minLength: given.length, maxLength: given.length }),
          ),
        ),
        ([given, shuffled]) => {
          expect(told(shuffled)).toBe(standingAfter(given).standing.status);
        },
      ),
    );
  });

  it('is withdrawn after a withdrawal, whatever was granted before it', () => {
    fc.assert(
      fc.property(acts, fc.constantFrom(...CONSENT_SOURCES), (given, source) => {
        const last: Act = { asked: 'withdrawn', source, occurredAt: 31, pendingUntil: null };
        expect(standingAfter([last, ...given]).standing.status).toBe('withdrawn');
      }),
    );
  });

  it('is never raised by a copy once a person has withdrawn', () => {
    fc.assert(
      fc.property(acts, acts, (given, later) => {
        const withdrawal: Act = { asked: 'withdrawn', source: 'api', occurredAt: 31, pendingUntil: null };
        const copies = later.map((each, index) => ({
          ...each,
          occurredAt: 32 + each.occurredAt,
          source: COPIES[index % COPIES.length] ?? 'import',
        }));
        expect(standingAfter([...given, withdrawal, ...copies]).standing.status).toBe('withdrawn');
      }),
    );
  });

  it('is not raised by a copy even where word of the withdrawal comes late', () => {
    const copy: Act = { asked: 'granted', source: 'import', occurredAt: 10, pendingUntil: null };
    const late: Act = { asked: 'withdrawn', source: 'api', occurredAt: 5, pendingUntil: null };
    expect(addAct([copy], late)).toMatchObject({ standing: { status: 'withdrawn' }, outcome: 'applied' });
  });

  it('is raised by a grant of the person after a withdrawal', () => {
    fc.assert(
      fc.property(
        acts,
        fc.constantFrom<ConsentSource>('api', 'preference-page', 'console'),
        (given, source) => {
          const last: Act = { asked: 'granted', source, occurredAt: 31, pendingUntil: null };
          expect(standingAfter([...given, last]).standing.status).toBe('granted');
        },
      ),
    );
  });

  it('is left alone by an older act that something newer of the person has overtaken', () => {
    const granted: Act = { asked: 'granted', source: 'api', occurredAt: 10, pendingUntil: null };
    const older: Act = { asked: 'withdrawn', source: 'api', occurredAt: 5, pendingUntil: null };
    expect(addAct([granted], older)).toMatchObject({
      standing: { status: 'granted' },
      outcome: 'overruled',
      reason: 'newer-act',
    });
  });

  it('with double opt-in becomes granted by a confirmation in time, and never by itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 60 }),
        (patience, confirmedAt) => {
          const asked: Act = { asked: 'pending', source: 'api', occurredAt: 0, pendingUntil: patience };
          const confirmed: Act = {
            asked: 'confirmed',
            source: 'confirmation',
            occurredAt: confirmedAt,
            pendingUntil: null,
          };
          expect(standingAfter([asked]).standing.status).toBe('pending');
          expect(standingAfter([asked, confirmed]).standing.status).toBe(
            confirmedAt <= patience ? 'granted' : 'pending',
          );
        },
      ),
    );
  });

  it('is not granted by acts that ask to be confirmed, or confirm nothing', () => {
    fc.assert(
      fc.property(acts, (given) => {
        const weak = given.filter((each) => each.asked === 'pending' || each.asked === 'withdrawn');
        expect(standingAfter(weak).standing.status).not.toBe('granted');
        const confirmations = given.filter((each) => each.asked === 'confirmed');
        expect(standingAfter(confirmations).standing.status).toBeNull();
      }),
    );
  });

  it('at one moment is what the withdrawal says', () => {
    const granted: Act = { asked: 'granted', source: 'api', occurredAt: 1, pendingUntil: null };
    const withdrawn: Act = { asked: 'withdrawn', source: 'api', occurredAt: 1, pendingUntil: null };
    expect(inOrder([withdrawn, granted]).at(-1)).toBe(withdrawn);
    for (const both of [
      [granted, withdrawn],
      [withdrawn, granted],
    ])
      expect(told(both)).toBe('withdrawn');
  });
});
