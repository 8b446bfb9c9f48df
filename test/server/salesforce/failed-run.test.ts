import { describe, expect, it } from 'vitest';
import { conflict, tooManyRequests, unavailable } from '../../../server/src/http/problem.ts';
import { pauseAfter } from '../../../server/src/salesforce/failed-run.ts';
import { SalesforceFault } from '../../../server/src/salesforce/org.ts';

describe('a run that has met an error', () => {
  it.each([
    ['a transfer that is being changed', unavailable('transfer-changing', 'Send it again.', 5)],
    ['too many requests', tooManyRequests('Wait.', 5)],
    ['a call that may be repeated', new SalesforceFault('retry', 'SERVER_UNAVAILABLE', 'Later.')],
    ['an error that nobody expected', new Error('?')],
  ])('is tried again after %s', (_name, error) => {
    expect(pauseAfter(error, 1)).toBeGreaterThan(0);
  });

  it('is tried for as long as somebody wants it, where it is said so', () => {
    const error = new SalesforceFault('retry', 'SERVER_UNAVAILABLE', 'Later.');
    expect(pauseAfter(error, 100)).toBeNull();
    expect(pauseAfter(error, 100, { tries: Infinity })).toBeGreaterThan(0);
  });

  it('waits as long as the connection is held, unless somebody awaits it', () => {
    const error = new SalesforceFault('hold', 'api-version-missing', 'The org has versions up to 64.');
    expect(pauseAfter(error, 100)).toBeGreaterThan(0);
    expect(pauseAfter(error, 1, { isAwaited: true })).toBeNull();
  });

  it.each([
    ['a transfer that is paused', conflict('transfer-paused', 'It is paused.')],
    ['a call that is refused for good', new SalesforceFault('give-up', 'INVALID_FIELD', 'No such column.')],
  ])('fails at once after %s', (_name, error) => {
    expect(pauseAfter(error, 1)).toBeNull();
  });
});
