import type { History } from './history.ts';
import { PROJECT } from './set-up.ts';

const MINUTE = 60_000;
/** Minutes that go by between looks: soon at first, then as long as the longest back-off. */
const WAITS = [0, 1, 1, 5, 10, 20, 40, 60, 60, 60, 120, 120, 240, 240, 480, 480];
/** A side that still has something to do after so many turns without time going by does the same again and again. */
const MOST_TURNS = 400;

/** What still waits, by what waits there. */
export type Waiting = Readonly<Record<string, number>>;

const WAITING = `
  SELECT (SELECT count(*) FROM di.delivery WHERE state = 'pending') AS deliveries,
    (SELECT count(*) FROM di.write_item WHERE status = 'waiting') AS events,
    (SELECT count(*) FROM di.import WHERE status IN ('checking', 'running')) AS imports,
    (SELECT count(*) FROM di.pull_run WHERE state IN ('queued', 'running')) AS pulls,
    (SELECT count(*) FROM di.comparison_run WHERE state IN ('queued', 'running')) AS comparisons,
    (SELECT count(*) FROM di.incident WHERE closed_at IS NULL) AS incidents`;

/**
 * Fine weather, and time for everything that waits: both sides work until neither has anything to do. A call that hangs goes on
 * hanging, as that of a process does that has died.
 *
 * @returns what waits all the same
 */
export async function calm(history: History): Promise<Waiting> {
  history.api.weather = [];
  history.calls.weather = [];
  await history.org.order('clearFaults');
  let waiting: Waiting = {};
  for (const [look, minutes] of WAITS.entries()) {
    await history.pass(minutes * MINUTE);
    await history.goOnAll();
    await workOff(history);
    // A copy that has lately told that all is well does not say so again at once; the other one does.
    await history.turn(look, 'asking-again');
    if (await followAdvice(history)) await workOff(history);
    waiting = await whatWaits(history);
    if (minutes > 0 && Object.keys(waiting).length === 0) break;
  }
  return waiting;
}

const OF_ANOTHER = `
  SELECT i.record_key AS key FROM di.delivery d JOIN di.record_identity i ON i.id = d.identity_id
  WHERE d.state = 'dead' AND d.last_code = 'merged-with-another-row'`;

/**
 * Does what an admin does whom health tells of a row whose record was merged into that of another row: deletes the row. Nobody
 * else can say whether the two are one person for the project too.
 */
async function followAdvice(history: History): Promise<boolean> {
  const { rows } = await history.operator.query<{ key: object }>(OF_ANOTHER);
  if (rows.length > 0)
    await history.di.call('DELETE', `/v1/admin/projects/${PROJECT}/tables/Contact/rows`, {
      keys: rows.map(({ key }) => key),
      overridesSalesforce: true,
    });
  return rows.length > 0;
}

async function workOff(history: History): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    let isBusy = await history.org.order('step');
    for (const loop of ['delivery-runs', 'deliveries', 'pulls', 'comparisons'])
      isBusy = (await history.turn(turn, loop)) || isBusy;
    if (!isBusy) return;
  }
  throw new Error(`After ${MOST_TURNS} turns there is still something to do, though no time goes by.`);
}

async function whatWaits(history: History): Promise<Waiting> {
  const { rows } = await history.operator.query<Record<string, number>>(WAITING);
  const outbox = await history.org.living('DI_Outbox__c', ['Status__c']);
  const waiting = { ...rows[0], outbox: outbox.length };
  return Object.fromEntries(Object.entries(waiting).filter(([, count]) => count > 0));
}
