import knexFactory from 'knex';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiCallCounts } from '../../../server/src/salesforce/api-call-counts.ts';
import { ConnectionCalls, type TroubleListener } from '../../../server/src/salesforce/connection-calls.ts';
import { SalesforceFault } from '../../../server/src/salesforce/org.ts';

const AWAY = new SalesforceFault('hold', 'API_UNAVAILABLE', 'The API is not there.');
const MINUTE = 60_000;
/** Of no database: nothing is counted here. */
const knex = knexFactory({ client: 'pg' });

/** What is told of a connection's calls, by a clock that stands still. */
describe('the trouble of a connection’s calls', () => {
  const told: string[] = [];
  let isDeaf = false;
  let calls: ConnectionCalls;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    told.length = 0;
    isDeaf = false;
    const tell = (what: string): Promise<void> => {
      told.push(what);
      return isDeaf ? Promise.reject(new Error('The database is away.')) : Promise.resolve();
    };
    const listener: TroubleListener = { open: () => tell('open'), close: () => tell('close') };
    calls = new ConnectionCalls({ accountId: 'a', connectionId: 'c' }, new ApiCallCounts(knex), listener);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is over at once by the first call that works, and that is told once in five minutes', async () => {
    await calls.failed(AWAY);
    await calls.works();
    await calls.works();
    vi.advanceTimersByTime(5 * MINUTE - 1);
    await calls.works();
    expect(told).toEqual(['open', 'close']);
    // Another copy of the server may have told of it meanwhile.
    vi.advanceTimersByTime(1);
    await calls.works();
    expect(told).toEqual(['open', 'close', 'close']);
  });

  it('is told at once, however lately its end was, and once a minute as long as it lasts', async () => {
    await calls.works();
    await calls.failed(AWAY);
    vi.advanceTimersByTime(MINUTE - 1);
    await calls.failed(AWAY);
    expect(told).toEqual(['close', 'open']);
    vi.advanceTimersByTime(1);
    await calls.failed(AWAY);
    expect(told).toEqual(['close', 'open', 'open']);
  });

  it('is told again by the next call where nobody could be told', async () => {
    isDeaf = true;
    await calls.works();
    isDeaf = false;
    await calls.works();
    await calls.works();
    expect(told).toEqual(['close', 'close']);
  });
});
