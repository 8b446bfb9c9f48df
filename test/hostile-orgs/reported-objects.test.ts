import jsforce from 'jsforce';
import { afterAll, beforeAll, expect, it, describe } from 'vitest';
import { metadataZip } from '../../server/src/deployments/metadata-zip.ts';
import { generateTrigger, type SourceFile } from '../../server/src/salesforce/generated-trigger.ts';
import { put } from '../local-org/deployment/permission-sets.ts';
import { createOrg } from '../local-org/org.ts';
import { LOGIN, serveOrg, type OrgServer } from '../local-org/rest/server.ts';
import type { ApexValue } from '../local-org/values/object.ts';

/** What the package finds out of who reports the changes of a customer's own object. */
describe("a customer's own object is", { timeout: 120_000 }, () => {
  let server: OrgServer;
  let connection: jsforce.Connection;
  beforeAll(async () => {
    server = await serveOrg(createOrg({ sources: ['force-app', 'test/subscriber-org'] }));
    connection = new jsforce.Connection({ loginUrl: server.url, version: '65.0' });
    await connection.login(LOGIN.userName, LOGIN.password);
    connection.metadata.pollInterval = 5;
  }, 120_000);
  afterAll(() => server.close());

  /** @param answer that the package's Apex is to give, asked in other letters than the object's */
  async function expectAnswer(answer: string): Promise<void> {
    const statement = `Assert.areEqual(DI_CaptureSource.Answer.${answer}, DI_CaptureSource.find('region__C'));`;
    const { success, exceptionMessage } = await connection.tooling.executeAnonymous(statement);
    expect({ success, exceptionMessage }).toEqual({ success: true, exceptionMessage: null });
  }

  async function deploy(files: readonly SourceFile[], members: Record<string, string[]>): Promise<void> {
    const zip = metadataZip({
      files: Object.fromEntries(files.map((file) => [file.path, file.content])),
      members,
    });
    const result = await connection.metadata.deploy(zip, { rollbackOnError: true }).complete(true);
    expect(result.details.componentFailures).toEqual([]);
  }

  async function remove(members: Record<string, string[]>): Promise<void> {
    const zip = metadataZip({ files: {}, members: {}, removed: members });
    const result = await connection.metadata.deploy(zip, {}).complete(true);
    expect(result.success).toBe(true);
  }

  const ownTrigger = (events: string): SourceFile[] => [
    {
      path: 'triggers/RegionRules.trigger',
      content: `trigger RegionRules on Region__c(${events}) {\n}\n`,
    },
    {
      path: 'triggers/RegionRules.trigger-meta.xml',
      content:
        '<ApexTrigger xmlns="http://soap.sforce.com/2006/04/metadata"><apiVersion>65.0</apiVersion><status>Active</status></ApexTrigger>',
    },
  ];
  const flow = (values: Readonly<Record<string, ApexValue>>): string =>
    put(server.host.org, 'FlowDefinitionView', {
      triggertype: 'RecordAfterSave',
      isactive: true,
      triggerobjectoreventlabel: 'Region',
      ...values,
    });

  it('unreported as it is, and with a trigger of the customer that does nothing after a save', async () => {
    await expectAnswer('UNREPORTED');
    await deploy(ownTrigger('before insert'), { ApexTrigger: ['RegionRules'] });
    await expectAnswer('UNREPORTED');
  });

  it("perhaps reported by the customer's trigger", async () => {
    await deploy(ownTrigger('after insert, after update'), { ApexTrigger: ['RegionRules'] });
    await expectAnswer('UNKNOWN');
    await remove({ ApexTrigger: ['RegionRules'] });
    await expectAnswer('UNREPORTED');
  });

  it.each([
    ['UNKNOWN', {}],
    ['UNREPORTED', { isactive: false }],
    ['UNREPORTED', { triggertype: 'RecordBeforeSave' }],
    ['UNREPORTED', { triggerobjectoreventlabel: 'Contact' }],
  ])('%s where its flow is %o', async (answer, values) => {
    const id = flow(values);
    await expectAnswer(answer);
    server.host.org.store.remove('FlowDefinitionView', id);
  });

  it('reported by the trigger that DI generates, until it is taken out', async () => {
    const members = {
      ApexTrigger: ['DI_RegionTransferTrigger'],
      ApexClass: ['DI_RegionTransferTriggerTest'],
    };
    await deploy(generateTrigger('Region__c'), members);
    await expectAnswer('REPORTED');
    await remove(members);
    await expectAnswer('UNREPORTED');
  });
});
