import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeliveryMetrics } from '../../../../server/src/outbound/deliveries/delivery-metrics.ts';
import { Targets } from '../../../../server/src/inbound/batches/targets.ts';
import { NOBODY } from '../../../../server/src/outbound/deliveries/incident-listener.ts';
import { keepObject } from '../../../../server/src/salesforce/org-objects.ts';
import { deliverOnce } from '../../../../server/src/outbound/drain/worker.ts';
import type { SalesforceOrg } from '../../../../server/src/salesforce/org.ts';
import {
  activeIntegration,
  createOptIn,
  groundOf,
  outboxOf,
  setConsent,
} from '../../support/delivery-scene.ts';
import { authorizeByPassword, startStage, type SalesforceStage } from '../../support/salesforce.ts';
import { createScene } from '../../support/test-server.ts';

const PEOPLE = 10_000;
/** A look at a job is polling: how many there are is the job's affair. */
const POLLING = /^GET .*\/jobs\/\w+\/\w+$/;

describe(
  '10,000 opt-outs of people who are looked up by e-mail, in the local org',
  { timeout: 180_000 },
  () => {
    let stage: SalesforceStage;
    let org: SalesforceOrg;
    let calls: string[];
    beforeAll(async () => {
      stage = await startStage();
    });
    afterAll(() => stage.close());
    beforeEach(() => {
      calls = [];
      const real = globalThis.fetch;
      vi.spyOn(globalThis, 'fetch').mockImplementation((url, options) => {
        if (typeof url === 'string' && url.startsWith(stage.org.url))
          calls.push(`${options?.method ?? 'GET'} ${new URL(url).pathname}`);
        return real(url, options);
      });
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });

    /** Has everybody opt out; answers the calls that it took, without the polling. */
    async function optOut(name: string, settings: object): Promise<string[]> {
      const scene = await createScene(stage.server);
      const { database, services } = stage.server;
      const ground = await groundOf(stage.server, scene);
      await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
      org = await services.orgs.open(scene.connectionId, 'checks');
      await keepObject(database.knex, scene.connectionId, await org.describe('Contact'));
      const emails = Array.from({ length: PEOPLE }, (_, index) => `somebody.of.${name}.${index}@example.com`);
      await org.writeBulk(
        'insert',
        'Contact',
        emails.map((Email) => ({ Email, LastName: name })),
      );
      const id = await activeIntegration(stage.server, scene, 'Contact', {
        operations: ['consent'],
        optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
        matching: { by: 'lookup', field: 'Email', column: 'email', several: 'all' },
        settings,
      });
      await database.pool.query(`INSERT INTO ${ground.table} (email) SELECT * FROM unnest($1::text[])`, [
        emails,
      ]);
      await setConsent(
        stage.server,
        ground,
        await createOptIn(stage.server, ground, 'news'),
        emails,
        'withdrawn',
      );

      calls.length = 0;
      const before = await usedCalls();
      const delivery = {
        database,
        orgs: services.orgs,
        targets: new Targets(database.knex, services.consentKeys),
        incidents: NOBODY,
        metrics: new DeliveryMetrics(new Registry(), database.pool),
      };
      while (await deliverOnce(delivery, new AbortController().signal));
      const made = calls.slice(1);
      expect(await outboxOf(stage.server, id)).toEqual([]);
      expect((await usedCalls()) - before - 1).toBe(made.length);
      expect(await optedOut(name)).toBe(PEOPLE);
      return made.filter((call) => !POLLING.test(call));
    }

    /** What the org itself has counted, this look included. */
    async function usedCalls(): Promise<number> {
      await org.describe('Contact');
      return org.usage?.used ?? Number.NaN;
    }

    async function optedOut(name: string): Promise<number> {
      let count = 0;
      const soql = `SELECT Id FROM Contact WHERE LastName = '${name}' AND HasOptedOutOfEmail = true`;
      for await (const page of org.query(soql)) count += page.length;
      return count;
    }

    it('take at most 60 calls by collections, look-ups included', async () => {
      const made = await optOut('collections', { bulkThreshold: 1_000_000 });
      expect(made.filter((call) => call.endsWith('/composite/sobjects'))).toHaveLength(50);
      expect(made.length).toBeLessThanOrEqual(60);
    });

    it('take at most 10 and the polling by Bulk API, look-ups included', async () => {
      const made = await optOut('jobs', {});
      expect(made.filter((call) => call === 'POST /services/data/v65.0/jobs/ingest')).toHaveLength(1);
      expect(made.length).toBeLessThanOrEqual(10);
    });
  },
);
