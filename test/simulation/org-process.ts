// The process of a simulated org: it serves its APIs, and does nothing by itself. Its parent tells it the time and when to
// deliver an event or run a job: Apex waits for its callouts, and nobody else should have to.
import { faultOrder } from '../local-org/rest/faults.ts';
import { serveOrg } from '../local-org/rest/server.ts';
import { createOrg } from '../local-org/org.ts';
import { asApexException } from '../local-org/values/exception.ts';
import type { ApexValue } from '../local-org/values/object.ts';
import { SimulatedClock } from './clock.ts';
import type { ApexOutcome, OrgOrder, OrgOrders, OrgRecord } from './org-orders.ts';

const [now = '0', remoteSite = '', ...sources] = process.argv.slice(2);
const clock = new SimulatedClock(Number(now));
const org = createOrg({ sources, remoteSites: [remoteSite] });
const server = await serveOrg(org);
let restore = org.remember();

const orders: OrgOrders = {
  time: (time) => {
    clock.now = time;
  },
  address: (url) => {
    server.host.url = url;
  },
  remember: () => {
    if (org.bus.size > 0) throw new Error('Events wait in the org.');
    restore = org.remember();
  },
  restore: () => {
    restore();
    server.host.faults.clear();
  },
  step: () => org.runPending(1) > 0,
  apex,
  records,
  fault: (order) => {
    server.host.faults.add(faultOrder.parse(order));
  },
  clearFaults: () => {
    server.host.faults.clear();
  },
  failedJobs: () => org.counters.failedJobs,
};

function apex(source: string, userName: string): ApexOutcome {
  const user = server.host.sessions.userNamed(userName);
  if (!user) throw new Error(`There is no user ${userName}.`);
  try {
    return { printed: org.executeAnonymous(source, user) };
  } catch (error) {
    const exception = asApexException(error);
    if (!exception) throw error;
    return { refused: exception.toString() };
  }
}

function records(object: string, fields: readonly string[]): OrgRecord[] {
  return [...org.store.all(object)]
    .map((row) =>
      Object.fromEntries(fields.map((field) => [field, plain(row.get(field.toLowerCase()) ?? null)])),
    )
    .sort((left, right) => (String(left.Id) < String(right.Id) ? -1 : 1));
}

const plain = (value: ApexValue): OrgRecord[string] =>
  value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string'
    ? value
    : String(value);

process.on('message', ({ id, name, parameters }: OrgOrder) => {
  try {
    const value: unknown = Reflect.apply(orders[name], null, [...parameters]);
    process.send?.({ id, value });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.once('disconnect', () => process.exit(0));
process.send?.({ url: server.url });
