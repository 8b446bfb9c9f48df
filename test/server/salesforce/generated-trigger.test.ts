import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  generateTrigger,
  isNamespace,
  isObjectName,
  SHIPPED_OBJECTS,
} from '../../../server/src/salesforce/generated-trigger.ts';
import { coverageReport } from '../../local-org/execution/coverage.ts';
import { runTests } from '../../local-org/execution/tests.ts';
import { createOrg } from '../../local-org/org.ts';
import { admin, createScene, startTestServer, type Scene, type TestServer } from '../support/test-server.ts';

const contentOf = (object: string, end: string, namespace?: string): string =>
  generateTrigger(object, namespace).find((file) => file.path.endsWith(end))?.content ?? '';
const nameOf = (object: string): string => path.basename(generateTrigger(object)[0]?.path ?? '', '.trigger');

describe('a generated trigger', () => {
  it('is one line, called as the package is reached', () => {
    expect(contentOf('Region__c', '.trigger')).toBe(
      `trigger DI_RegionTransferTrigger on Region__c(before insert, after insert, after update, after delete, after undelete) {
    DI_TransferTrigger.run();
}
`,
    );
    expect(contentOf('Region__c', '.trigger', 'di')).toContain(' di.DI_TransferTrigger.run();');
    expect(generateTrigger('Product2').map((file) => file.path)).toEqual([
      'triggers/DI_Product2TransferTrigger.trigger',
      'triggers/DI_Product2TransferTrigger.trigger-meta.xml',
      'classes/DI_Product2TransferTriggerTest.cls',
      'classes/DI_Product2TransferTriggerTest.cls-meta.xml',
    ]);
  });

  it('has a name that Apex takes, and no two objects share', () => {
    const long = `${'Very_'.repeat(7)}Long__c`;
    const names = [long, long.replace('Long', 'Longer'), 'acme__Region__c', 'acme_Region__c'].map(nameOf);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(`${name}Test`).toMatch(/^[A-Za-z](?:_?[A-Za-z0-9]){0,39}$/);
    for (const name of names) expect(`${name}Test`.length).toBeLessThanOrEqual(40);
  });

  it('has no name of the package’s own triggers, beside which it stands where there is no namespace', () => {
    const shipped = readdirSync('force-app/main', { recursive: true, encoding: 'utf8' }).flatMap(
      (file) => /\/triggers\/(\w+)\.trigger$/.exec(file)?.[1] ?? [],
    );
    const objects = shipped.flatMap((name) => /^DI_(\w+)TransferTrigger$/.exec(name)?.[1] ?? []);
    expect(objects).toContain('Contact');
    for (const object of objects) expect(shipped).not.toContain(nameOf(`${object}__c`));
  });

  it.each([
    '',
    'Region__e',
    'Region__mdt',
    'Region c',
    'A__b__C__c',
    '1st__c',
    'X(after insert) {}',
    '_A__c',
  ])('is not made for %j', (object) => {
    expect(isObjectName(object)).toBe(false);
    expect(() => generateTrigger(object)).toThrow(RangeError);
  });

  it('takes a namespace only', () => {
    expect(isNamespace('di_connect')).toBe(true);
    for (const wrong of ['', 'a.b', 'a b', 'a__b', 'sixteencharacter'])
      expect(() => generateTrigger('Region__c', wrong)).toThrow(RangeError);
  });

  it('is not needed where the package has one', () => {
    const shipped = readdirSync('force-app/main/capture/triggers').flatMap(
      (file) => /^DI_(\w+)TransferTrigger\.trigger$/.exec(file)?.[1] ?? [],
    );
    expect(shipped.sort()).toEqual([...SHIPPED_OBJECTS].sort());
  });

  it('compiles beside the package, and its test covers it although a required field stops the insert', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-trigger-'));
    for (const file of generateTrigger('Region__c')) {
      mkdirSync(path.dirname(path.join(folder, file.path)), { recursive: true });
      writeFileSync(path.join(folder, file.path), file.content);
    }
    const org = createOrg({ sources: ['force-app', 'test/subscriber-org', folder], coverage: true });
    const outcomes = runTests(org, { classes: ['DI_RegionTransferTriggerTest'] });
    expect(outcomes).toMatchObject([{ method: 'anInsertRunsTheTrigger', failure: null }]);
    expect(coverageReport(org.program)).toContain('100% DI_RegionTransferTrigger.trigger');
    org.close();
    rmSync(folder, { recursive: true });
  });
});

describe('the trigger of a transfer', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
  });
  afterAll(() => server.close());

  async function transferOf(object: string): Promise<string> {
    const created = await admin(server, 'post', '/v1/admin/transfers')
      .send({
        connection: scene.connectionId,
        table: 'Contact',
        object,
        mapping: [{ salesforceField: 'Name', column: 'email' }],
      })
      .expect(201);
    return (created.body as { id: string }).id;
  }

  it('is answered as source, with the namespace that is asked for', async () => {
    const url = `/v1/admin/transfers/${await transferOf('Region__c')}/trigger`;
    const plain = await admin(server, 'get', url).expect(200);
    expect(plain.body).toEqual({ files: generateTrigger('Region__c') });
    const packaged = await admin(server, 'get', `${url}?namespace=di`).expect(200);
    expect(packaged.body).toEqual({ files: generateTrigger('Region__c', 'di') });
    await admin(server, 'get', `${url}?namespace=a.b`).expect(400);
  });

  it('is refused where the package has one, and where there can be none', async () => {
    const shipped = await admin(server, 'get', `/v1/admin/transfers/${scene.transferId}/trigger`).expect(422);
    expect(shipped.body).toMatchObject({ code: 'trigger-shipped' });
    const event = await transferOf('Order_Event__e');
    const none = await admin(server, 'get', `/v1/admin/transfers/${event}/trigger`).expect(422);
    expect(none.body).toMatchObject({ code: 'no-trigger' });
  });
});
