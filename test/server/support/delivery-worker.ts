// A worker in a process of its own, that is killed without warning: it sends to the org of the process that started it,
// which outlives it.
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { SecretBox } from '../../../server/src/access/secret-box.ts';
import { ConsentKeys } from '../../../server/src/consent/consent-keys.ts';
import { openDatabase } from '../../../server/src/database/open-database.ts';
import { Targets } from '../../../server/src/inbound/batches/targets.ts';
import { DeliveryMetrics } from '../../../server/src/outbound/deliveries/delivery-metrics.ts';
import { NOBODY } from '../../../server/src/outbound/deliveries/incident-listener.ts';
import { deliverOnce } from '../../../server/src/outbound/drain/worker.ts';
import type { OrgObject, OrgRecord, SalesforceOrg, SaveResult } from '../../../server/src/salesforce/org.ts';
import { OrgBase } from './org-base.ts';
import { testConfig } from './test-server.ts';

/** What the worker asks of the org, and what it is answered. */
export interface OrgCall {
  readonly number: number;
  readonly method: 'describe' | 'query' | 'write' | 'writeBulk';
  readonly values: readonly unknown[];
}
export interface OrgAnswer {
  readonly number: number;
  readonly result: unknown;
}

const waiting = new Map<number, (result: unknown) => void>();
let calls = 0;

process.on('message', ({ number, result }: OrgAnswer) => {
  waiting.get(number)?.(result);
});

function ask<T>(method: OrgCall['method'], ...values: unknown[]): Promise<T> {
  const call: OrgCall = { number: (calls += 1), method, values };
  return new Promise<T>((resolve) => {
    // What the parent answers is what its own org of the same interface did.
    waiting.set(call.number, (result) => resolve(result as T));
    process.send?.(call);
  });
}

class DistantOrg extends OrgBase {
  override describe(object: string): Promise<OrgObject> {
    return ask('describe', object);
  }

  override async *query(soql: string): AsyncIterable<readonly OrgRecord[]> {
    yield await ask<readonly OrgRecord[]>('query', soql);
  }

  override write(...values: Parameters<SalesforceOrg['write']>): Promise<readonly SaveResult[]> {
    return ask('write', ...values);
  }

  override writeBulk(...values: Parameters<SalesforceOrg['writeBulk']>): Promise<readonly SaveResult[]> {
    return ask('writeBulk', ...values);
  }
}

const logger = pino({ level: 'silent' });
const database = await openDatabase(
  { databaseUrl: process.env.DATABASE_URL ?? '', dataFolder: null, databaseConnections: 4 },
  logger,
);
const { encryptionKeys } = testConfig(null);
const services = {
  database,
  orgs: { open: (connectionId: string) => Promise.resolve(new DistantOrg(connectionId)) },
  targets: new Targets(database.knex, new ConsentKeys(new SecretBox(encryptionKeys))),
  incidents: NOBODY,
  metrics: new DeliveryMetrics(new Registry(), database.pool),
};
const never = new AbortController().signal;
for (;;) if (!(await deliverOnce(services, never))) await new Promise((resolve) => setTimeout(resolve, 20));
