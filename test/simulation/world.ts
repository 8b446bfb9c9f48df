import pg from 'pg';
import { startPostgres, type Postgres } from '../server/support/postgres.ts';
import { calm } from './calm.ts';
import { SimulatedClock } from './clock.ts';
import { Copy } from './copies.ts';
import { askNowForCurrentTimestamp, simulateDatabaseClock } from './database-clock.ts';
import { rememberDatabase, restoreDatabase } from './database-snapshot.ts';
import { Door } from './door.ts';
import { History, type Places } from './history.ts';
import { setUp } from './set-up.ts';
import { SimulatedOrg } from './simulated-org.ts';

/** A Monday morning, UTC, on which everything is set up. */
const SET_UP_AT = Date.UTC(2026, 2, 2, 8);
const SOURCES = ['force-app', 'test/simulation/automation'];
/** People who are known on both sides before anything happens. */
const FIRST_PEOPLE = `
  List<Contact> people = new List<Contact>();
  for (Integer each = 0; each < 4; each++) {
    people.add(new Contact(LastName = 'First ' + each, Email = 'person' + each + '@example.com'));
  }
  insert people;`;

type Parts = Omit<Places, 'skew' | 'without'> & {
  readonly postgres: Postgres;
  readonly restoreStatements: () => void;
};

/** Both sides as they are set up before anything happens: each history begins with them. */
export class World {
  readonly #parts: Parts;
  readonly #beginning: number;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#beginning = parts.clock.now;
  }

  static async start(): Promise<World> {
    const api = await Door.open(({ method, path }) => method === 'POST' && path.endsWith('/batches'));
    const calls = await Door.open(({ method, path }) => method !== 'GET' && path.includes('/composite'));
    const org = await SimulatedOrg.start(SET_UP_AT, api.url, SOURCES);
    const postgres = await startPostgres();
    const clock = new SimulatedClock(SET_UP_AT);
    const restoreStatements = askNowForCurrentTimestamp();
    const operator = new pg.Client(postgres.url);
    await operator.connect();
    await simulateDatabaseClock(operator, SET_UP_AT);
    await org.order('address', calls.url);
    const site = { databaseUrl: postgres.url, publicUrl: api.url, orgUrl: calls.url };
    const copies = [await Copy.start(site), await Copy.start(site)];
    api.targets = copies.map(({ url }) => url);
    calls.targets = [org.url];
    const ready = await setUp(org.url, api.url, calls.url);
    const places = { clock, org, api, calls, operator, copies, setUp: ready };
    await org.apex(FIRST_PEOPLE);
    const waiting = await calm(new History({ ...places, skew: 0, without: [] }));
    if (Object.keys(waiting).length > 0)
      throw new Error(`The set-up is not done: ${JSON.stringify(waiting)}`);
    await org.order('remember');
    await rememberDatabase(operator);
    return new World({ ...places, postgres, restoreStatements });
  }

  /**
   * Lets something happen to the world as it was set up.
   *
   * @param skew milliseconds that the org's clock is ahead of DI's
   */
  async history<T>(
    { skew, without }: Pick<Places, 'skew' | 'without'>,
    work: (history: History) => Promise<T>,
  ): Promise<T> {
    const { clock, org, api, calls, operator, copies } = this.#parts;
    await org.order('restore');
    await restoreDatabase(operator);
    for (const door of [api, calls]) door.clear();
    for (const copy of copies) copy.renew();
    // However far behind it is, the org's clock has not gone back since the set-up.
    clock.now = this.#beginning - Math.min(0, skew);
    const history = new History({ ...this.#parts, skew, without });
    try {
      await history.pass(0);
      return await work(history);
    } finally {
      await history.end();
    }
  }

  async close(): Promise<void> {
    const { clock, org, api, calls, operator, copies, postgres, restoreStatements } = this.#parts;
    await org.stop();
    await api.close();
    await calls.close();
    for (const copy of copies) await copy.close();
    await operator.end();
    await postgres.stop();
    restoreStatements();
    clock.restore();
  }
}
