import pg from 'pg';
import { startPostgres } from '../server/support/postgres.ts';
import { calm } from './calm.ts';
import { SimulatedClock } from './clock.ts';
import { Copy } from './copies.ts';
import { simulateDatabaseClock } from './database-clock.ts';
import { rememberDatabase, restoreDatabase } from './database-snapshot.ts';
import { Door, type Call } from './door.ts';
import { History, type Places } from './history.ts';
import { setUp } from './set-up.ts';
import { SimulatedOrg } from './simulated-org.ts';
import { Statements } from './statements.ts';

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

type Parts = Omit<Places, 'skew' | 'without'>;

/** What ends what has been started, the last of it first. */
type Ends = (() => Promise<void> | void)[];

/** Both sides as they are set up before anything happens: each history begins with them. */
export class World {
  readonly #parts: Parts;
  readonly #ends: Ends;
  readonly #beginning: number;

  private constructor(parts: Parts, ends: Ends) {
    this.#parts = parts;
    this.#ends = ends;
    this.#beginning = parts.clock.now;
  }

  /** Where it does not start, nothing of it stays behind. */
  static async start(): Promise<World> {
    const ends: Ends = [];
    try {
      return new World(await startParts(ends), ends);
    } catch (error) {
      // Why it does not start says more than what does not end for it.
      await endAll(ends).catch(() => undefined);
      throw error;
    }
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

  close(): Promise<void> {
    return endAll(this.#ends);
  }
}

async function startParts(ends: Ends): Promise<Parts> {
  const begun = <T>(started: T, end: (started: T) => Promise<void> | void): T => {
    ends.unshift(() => end(started));
    return started;
  };
  const closed = (each: { close(): Promise<void> }): Promise<void> => each.close();
  const clock = begun(new SimulatedClock(SET_UP_AT), (each) => {
    each.restore();
  });
  const statements = begun(new Statements(), (each) => {
    each.restore();
  });
  const postgres = begun(await startPostgres(), (each) => each.stop());
  const operator = begun(new pg.Client(postgres.url), (each) => each.end());
  await operator.connect();
  await planOnce(operator);
  await simulateDatabaseClock(operator, SET_UP_AT);
  const isBatch = ({ method, path }: Call): boolean => method === 'POST' && path.endsWith('/batches');
  const api = begun(await Door.open(isBatch), closed);
  const isWrite = ({ method, path }: Call): boolean => method !== 'GET' && path.includes('/composite');
  const calls = begun(await Door.open(isWrite), closed);
  const org = begun(await SimulatedOrg.start(SET_UP_AT, api.url, SOURCES), (each) => each.stop());
  await org.order('address', calls.url);
  const site = { databaseUrl: postgres.url, publicUrl: api.url, orgUrl: calls.url };
  const copies = [begun(await Copy.start(site), closed), begun(await Copy.start(site), closed)];
  api.targets = copies.map(({ url }) => url);
  calls.targets = [org.url];
  const ready = await setUp(org.url, api.url, calls.url);
  statements.prepare();
  const parts = { clock, org, api, calls, operator, copies, setUp: ready };
  await org.apex(FIRST_PEOPLE);
  const waiting = await calm(new History({ ...parts, skew: 0, without: [] }));
  if (Object.keys(waiting).length > 0) throw new Error(`The set-up is not done: ${JSON.stringify(waiting)}`);
  await org.order('remember');
  await rememberDatabase(operator);
  return parts;
}

/** Sessions from now on plan a prepared statement once, for whatever values it is given. */
async function planOnce(operator: pg.Client): Promise<void> {
  await operator.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET plan_cache_mode = force_generic_plan', current_database()); END $$`,
  );
}

/** Ends everything, also where something of it does not end well. */
async function endAll(ends: Ends): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends.splice(0))
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw new AggregateError(failures, 'The world did not end well.');
}
