import { describe, expect, it } from 'vitest';
import { captureStatements } from './capture-statements.ts';

/** Milliseconds that recording may take of the ten seconds of CPU that a transaction has: five percent. */
const ALLOWED = 500;
/** Microseconds of CPU that a statement is taken to cost on the platform: reading a field by its name is among the dear ones. */
const A_STATEMENT = 1.5;

const milliseconds = (statements: number): number => (statements * A_STATEMENT) / 1000;

/** What recording costs a save, counted in statements: the CPU of this machine is not the platform's. */
describe('recording what a save changes', { timeout: 120_000 }, () => {
  it('takes less than a transaction may spare for a chunk of 200 records, whichever field changed', () => {
    expect(milliseconds(captureStatements(200, 'Description'))).toBeLessThan(ALLOWED / 4);
  });

  it.each(['MailingCity', 'Description'] as const)(
    'takes less than that for 2,000 records in one transaction, whose %s changed',
    (field) => {
      expect(milliseconds(captureStatements(2000, field))).toBeLessThan(ALLOWED * 0.8);
    },
  );

  it('compares a field once, however many transfers send it', () => {
    const [one = 0, three = 0] = [1, 3].map((transfers) => captureStatements(200, 'Description', transfers));
    expect(three - one).toBeLessThan(one);
  });

  it('costs each record the same, however many there are', () => {
    const [some, many] = [200, 2000].map((records) => captureStatements(records, 'Description') / records);
    expect(many).toBeLessThanOrEqual((some ?? 0) * 1.05);
  });
});
