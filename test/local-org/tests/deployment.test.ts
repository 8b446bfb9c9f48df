import { strToU8, zipSync } from 'fflate';
import jsforce from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrg } from '../org.ts';
import { LOGIN, serveOrg, type OrgServer } from '../rest/server.ts';

const NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"';

/** A zip of files with a package.xml that names these members. */
function zipOf(files: Record<string, string>, members: Record<string, readonly string[]>): Buffer {
  const types = Object.entries(members).map(
    ([type, names]) =>
      `<types>${names.map((name) => `<members>${name}</members>`).join('')}<name>${type}</name></types>`,
  );
  const all = {
    'package.xml': `<Package ${NAMESPACE}>${types.join('')}<version>65.0</version></Package>`,
    ...files,
  };
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(all).map(([name, text]) => [name, strToU8(text)]))),
  );
}

const field = (name: string, type: string, more = ''): string =>
  `<fields><fullName>${name}</fullName><label>${name.replace('__c', '')}</label><type>${type}</type>${more}</fields>`;
const object = (fields: string): string => `<CustomObject ${NAMESPACE}>${fields}</CustomObject>`;
const apexMeta = (type: string): string =>
  `<${type} ${NAMESPACE}><apiVersion>65.0</apiVersion><status>Active</status></${type}>`;
const apex = (type: 'ApexClass' | 'ApexTrigger', name: string, source: string): Record<string, string> => {
  const file = type === 'ApexClass' ? `classes/${name}.cls` : `triggers/${name}.trigger`;
  return { [file]: source, [`${file}-meta.xml`]: apexMeta(type) };
};
const permissions = (...fields: readonly [name: string, isEditable: boolean][]): string =>
  `<PermissionSet ${NAMESPACE}><label>Sync</label>${fields
    .map(
      ([name, isEditable]) =>
        `<fieldPermissions><editable>${isEditable}</editable><field>${name}</field><readable>true</readable></fieldPermissions>`,
    )
    .join('')}</PermissionSet>`;

describe('the Metadata API of the local org', { timeout: 60_000 }, () => {
  let server: OrgServer;
  let connection: jsforce.Connection;
  beforeAll(async () => {
    server = await serveOrg(createOrg({ sources: ['test/local-org/tests/rest-fixture'] }));
    connection = new jsforce.Connection({ loginUrl: server.url, version: '65.0' });
    await connection.login(LOGIN.userName, LOGIN.password);
    connection.metadata.pollInterval = 5;
  });
  afterAll(() => server.close());

  const deploy = async (zip: Buffer, options: Record<string, unknown> = {}) =>
    connection.metadata.deploy(zip, { rollbackOnError: true, ...options }).complete(true);
  const failuresOf = async (zip: Buffer, options: Record<string, unknown> = {}) =>
    (await deploy(zip, options)).details.componentFailures;
  const fieldNames = async (name: string): Promise<string[]> =>
    (await connection.sobject(name).describe()).fields.map((each) => each.name);
  const assign = async (set: string): Promise<void> => {
    const found = await connection.query<{ Id: string }>(
      `SELECT Id FROM PermissionSet WHERE Name = '${set}'`,
    );
    await connection.sobject('PermissionSetAssignment').create({
      PermissionSetId: found.records[0]?.Id ?? '',
      AssigneeId: connection.userInfo?.id ?? '',
    });
  };

  it('makes fields that nobody sees before a permission set of theirs says so', async () => {
    const before = await connection.sobject('Contact').create({ LastName: 'Before the field' });
    const fields = [
      field('News__c', 'Checkbox', '<defaultValue>false</defaultValue>'),
      field('Shop_Id__c', 'Text', '<length>20</length><externalId>true</externalId><unique>true</unique>'),
      field('Since__c', 'DateTime'),
      field('Born__c', 'Date'),
      field('Score__c', 'Number', '<precision>10</precision><scale>2</scale>'),
      field(
        'Tier__c',
        'Picklist',
        '<valueSet><restricted>true</restricted><valueSetDefinition><sorted>false</sorted><value><fullName>Gold</fullName><default>false</default><label>Gold</label></value></valueSetDefinition></valueSet>',
      ),
    ];
    const names = ['News__c', 'Shop_Id__c', 'Since__c', 'Born__c', 'Score__c', 'Tier__c'];
    const made = await deploy(
      zipOf(
        { 'objects/Contact.object': object(fields.join('')) },
        { CustomField: names.map((name) => `Contact.${name}`) },
      ),
    );
    expect(made).toMatchObject({ status: 'Succeeded', success: true, numberComponentsDeployed: 6 });
    expect(await fieldNames('Contact')).not.toContain('News__c');
    const refused = { errorCode: 'INVALID_FIELD' };
    await expect(connection.query('SELECT News__c FROM Contact')).rejects.toMatchObject(refused);
    await expect(
      connection.sobject('Contact').create({ LastName: 'Too early', News__c: true }),
    ).rejects.toMatchObject(refused);

    const rights = names.map((name): [string, boolean] => [`Contact.${name}`, name !== 'Since__c']);
    const granted = await deploy(
      zipOf({ 'permissionsets/Sync.permissionset': permissions(...rights) }, { PermissionSet: ['Sync'] }),
    );
    expect(granted.success).toBe(true);
    expect(await fieldNames('Contact')).not.toContain('News__c');
    await assign('Sync');
    const described = (await connection.sobject('Contact').describe()).fields;
    expect(described.find((each) => each.name === 'News__c')).toMatchObject({
      type: 'boolean',
      updateable: true,
    });
    expect(described.find((each) => each.name === 'Since__c')).toMatchObject({ updateable: false });
    expect(await connection.sobject('Contact').retrieve(before.id ?? '')).toMatchObject({ News__c: false });
    await expect(
      connection.sobject('Contact').create({ LastName: 'Read only', Since__c: '2026-01-01T00:00:00Z' }),
    ).rejects.toMatchObject({ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' });
    await expect(
      connection.sobject('Contact').create({ LastName: 'Bad tier', Tier__c: 'Lead' }),
    ).rejects.toMatchObject({ errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' });
    const upserted = await connection
      .sobject('Contact')
      .upsert({ LastName: 'Keyed', Shop_Id__c: 'k-1', News__c: true, Tier__c: 'gold' }, 'Shop_Id__c');
    expect(upserted).toMatchObject({ success: true, created: true });
  });

  it('keeps the rights of a permission set that a later deployment does not name', async () => {
    const one = zipOf(
      {
        'objects/Lead.object': object(
          field('One__c', 'Text', '<length>5</length>') + field('Two__c', 'Text', '<length>5</length>'),
        ),
        'permissionsets/Merge.permissionset': permissions(['Lead.One__c', true]),
      },
      { CustomField: ['Lead.One__c', 'Lead.Two__c'], PermissionSet: ['Merge'] },
    );
    expect((await deploy(one)).success).toBe(true);
    await assign('Merge');
    const two = { 'permissionsets/Merge.permissionset': permissions(['Lead.Two__c', false]) };
    expect((await deploy(zipOf(two, { PermissionSet: ['Merge'] }))).success).toBe(true);
    expect(await fieldNames('Lead')).toEqual(expect.arrayContaining(['One__c', 'Two__c']));
    expect((await deploy(one)).success).toBe(true);
  });

  it('opens a field by a profile too', async () => {
    const files = {
      'objects/Account.object': object(
        field('Rank__c', 'Number', '<precision>3</precision><scale>0</scale>'),
      ),
      'profiles/Admin.profile': permissions(['Account.Rank__c', true]).replaceAll('PermissionSet', 'Profile'),
    };
    const made = await deploy(zipOf(files, { CustomField: ['Account.Rank__c'], Profile: ['Admin'] }));
    expect(made.details.componentFailures).toEqual([]);
    expect(await fieldNames('Account')).toContain('Rank__c');
  });

  it('says what is wrong with each part, and makes none of them', async () => {
    const files = {
      'objects/Contact.object': object(
        field('Good__c', 'Text', '<length>10</length>') +
          field('Bad__c', 'Text') +
          field('Wrong_', 'Checkbox', '<defaultValue>false</defaultValue>'),
      ),
      'permissionsets/Lost.permissionset': permissions(['Contact.Nowhere__c', true]),
    };
    const members = {
      CustomField: ['Contact.Good__c', 'Contact.Bad__c', 'Contact.Absent__c'],
      PermissionSet: ['Lost'],
    };
    const result = await deploy(zipOf(files, members));
    expect(result).toMatchObject({ status: 'Failed', success: false });
    const problems = result.details.componentFailures.map(
      (each) => `${each.fullName}: ${each.problem ?? ''}`,
    );
    expect(problems).toEqual(
      expect.arrayContaining([
        "Contact.Bad__c: Must specify 'length' for a CustomField of type Text",
        "Contact.Absent__c: An object 'Contact.Absent__c' of type CustomField was named in package.xml, but was not found in zipped directory",
        'Lost: In field: field - no CustomField named Contact.Nowhere__c found',
      ]),
    );
    expect(server.host.org.schema.object('Contact')?.fields.has('good__c')).toBe(false);
  });

  it('keeps what is good where all or nothing is not asked for', async () => {
    const files = {
      'objects/Contact.object': object(
        field('Kept__c', 'Text', '<length>10</length>') + field('Lost__c', 'Text'),
      ),
      ...apex('ApexClass', 'Fine', 'public class Fine { }'),
      ...apex('ApexClass', 'Broken', 'public class Broken { Integer x = nothing; }'),
    };
    const members = { CustomField: ['Contact.Kept__c', 'Contact.Lost__c'], ApexClass: ['Fine', 'Broken'] };
    const result = await deploy(zipOf(files, members), { rollbackOnError: false });
    expect(result.status).toBe('SucceededPartial');
    expect(result.details.componentFailures.map((each) => each.fullName).sort()).toEqual([
      'Broken',
      'Contact.Lost__c',
    ]);
    expect(server.host.org.schema.object('Contact')?.fields.has('kept__c')).toBe(true);
    expect(server.host.org.program.classes.has('fine')).toBe(true);
  });

  const TRIGGER = `trigger Shout on Contact(before insert) {
    for (Contact each : Trigger.new) {
        each.Department = 'SHOUT';
    }
}`;
  const TEST = `@IsTest
private class ShoutTest {
    @IsTest
    static void shouts() {
        Contact made = new Contact(LastName = 'Test');
        insert made;
        Assert.areEqual('SHOUT', [SELECT Department FROM Contact].Department);
    }
}`;

  it('compiles a trigger, runs its test, and fires it from then on until it is deleted', async () => {
    const files = { ...apex('ApexTrigger', 'Shout', TRIGGER), ...apex('ApexClass', 'ShoutTest', TEST) };
    const members = { ApexTrigger: ['Shout'], ApexClass: ['ShoutTest'] };
    const tested = { testLevel: 'RunSpecifiedTests', runTests: ['ShoutTest'] };
    const checked = await deploy(zipOf(files, members), { ...tested, checkOnly: true });
    expect(checked).toMatchObject({ status: 'Succeeded', numberTestsCompleted: 1 });
    const department = async (lastName: string): Promise<unknown> => {
      const { id } = await connection.sobject('Contact').create({ LastName: lastName });
      return (await connection.sobject('Contact').retrieve(id ?? '')).Department;
    };
    expect(await department('Only checked')).toBeNull();

    const result = await deploy(zipOf(files, members), tested);
    expect(result.details.runTestResult).toMatchObject({ numTestsRun: 1, numFailures: 0 });
    expect(result.status).toBe('Succeeded');
    expect(await department('Loud')).toBe('SHOUT');
    const listed = await connection.metadata.list([{ type: 'ApexTrigger' }]);
    expect(listed.map((each) => each.fullName)).toContain('Shout');
    const tooling = await connection.tooling.query(
      "SELECT TableEnumOrId FROM ApexTrigger WHERE Name = 'Shout'",
    );
    expect(tooling.records).toMatchObject([{ TableEnumOrId: 'Contact' }]);

    const deletion = `<Package ${NAMESPACE}><types><members>Shout</members><name>ApexTrigger</name></types><types><members>ShoutTest</members><name>ApexClass</name></types></Package>`;
    expect((await deploy(zipOf({ 'destructiveChanges.xml': deletion }, {}))).success).toBe(true);
    expect(await department('Quiet')).toBeNull();
    expect(await failuresOf(zipOf({ 'destructiveChanges.xml': deletion }, {}))).toMatchObject([
      { fullName: 'Shout', problem: 'No ApexTrigger named: Shout found' },
      { fullName: 'ShoutTest' },
    ]);
  });

  it('names the line of Apex that does not compile', async () => {
    const files = apex(
      'ApexTrigger',
      'Wrong',
      TRIGGER.replace('Shout', 'Wrong').replace("'SHOUT'", 'volume'),
    );
    expect(await failuresOf(zipOf(files, { ApexTrigger: ['Wrong'] }))).toMatchObject([
      { componentType: 'ApexTrigger', fullName: 'Wrong', lineNumber: 3, problemType: 'Error' },
    ]);
  });

  it('keeps nothing of a deployment whose test fails, or runs too little of it', async () => {
    const failing = TEST.replace("'SHOUT'", "'whisper'");
    const members = { ApexTrigger: ['Shout'], ApexClass: ['ShoutTest'] };
    const tested = { testLevel: 'RunSpecifiedTests', runTests: ['ShoutTest'] };
    const trigger = apex('ApexTrigger', 'Shout', TRIGGER);
    const failed = await deploy(
      zipOf({ ...trigger, ...apex('ApexClass', 'ShoutTest', failing) }, members),
      tested,
    );
    expect(failed).toMatchObject({ status: 'Failed', numberTestErrors: 1 });
    expect(failed.details.runTestResult?.failures).toMatchObject([
      { name: 'ShoutTest', methodName: 'shouts' },
    ]);
    const idle = '@IsTest private class ShoutTest { @IsTest static void idles() { Assert.isTrue(true); } }';
    const uncovered = await deploy(
      zipOf({ ...trigger, ...apex('ApexClass', 'ShoutTest', idle) }, members),
      tested,
    );
    expect(uncovered.status).toBe('Failed');
    expect(uncovered.details.runTestResult?.codeCoverageWarnings).toMatchObject([
      { name: 'Shout', message: expect.stringContaining('0%') as unknown },
    ]);
    expect(server.host.org.program.triggers).toEqual([]);
  });

  it('deletes a field, unless Apex reads it', async () => {
    const made = zipOf(
      {
        'objects/Contact.object': object(field('Used__c', 'Text', '<length>10</length>')),
        ...apex(
          'ApexClass',
          'Reader',
          'public class Reader { String read(Contact c) { return c.Used__c; } }',
        ),
      },
      { CustomField: ['Contact.Used__c'], ApexClass: ['Reader'] },
    );
    expect((await deploy(made)).success).toBe(true);
    const both = `<types><members>Reader</members><name>ApexClass</name></types>`;
    const deletion = (more: string): Buffer =>
      zipOf(
        {
          'destructiveChanges.xml': `<Package ${NAMESPACE}><types><members>Contact.Used__c</members><name>CustomField</name></types>${more}</Package>`,
        },
        {},
      );
    expect(await failuresOf(deletion(''))).toMatchObject([{ fullName: 'Reader' }]);
    expect(server.host.org.schema.object('Contact')?.fields.has('used__c')).toBe(true);
    expect((await deploy(deletion(both))).success).toBe(true);
    expect(server.host.org.schema.object('Contact')?.fields.has('used__c')).toBe(false);
  });

  it('shows its progress step by step over REST', async () => {
    const zip = zipOf(
      { 'objects/Account.object': object(field('Step__c', 'Text', '<length>10</length>')) },
      { CustomField: ['Account.Step__c'] },
    );
    const started = await connection.metadata.deployRest(zip, { rollbackOnError: true });
    const seen: string[] = [];
    for (;;) {
      const result = await connection.metadata.checkDeployStatus(started.id, true, true);
      seen.push(`${result.status} ${result.numberComponentsDeployed}/${result.numberComponentsTotal}`);
      if (result.done) break;
    }
    expect(seen).toEqual(['InProgress 0/0', 'InProgress 1/1', 'Succeeded 1/1']);
  });

  it('goes on by itself while nobody asks', async () => {
    const zip = zipOf(
      { 'objects/Account.object': object(field('Alone__c', 'Text', '<length>10</length>')) },
      { CustomField: ['Account.Alone__c'] },
    );
    await connection.metadata.deploy(zip);
    await expect
      .poll(() => server.host.org.schema.object('Account')?.fields.has('alone__c'), { timeout: 10_000 })
      .toBe(true);
  });

  it('refuses a zip that is none, and options that do not go together', async () => {
    expect(await failuresOf(Buffer.from('no zip'))).toMatchObject([{ problem: 'Invalid zip file' }]);
    const empty = zipOf({}, {});
    await expect(deploy(empty, { runTests: ['ShoutTest'] })).rejects.toThrow('RunSpecifiedTests');
    await expect(connection.metadata.checkDeployStatus('0Af000000000999')).rejects.toThrow(
      'invalid cross reference id',
    );
  });

  it('gives the source of classes back', async () => {
    await deploy(zipOf(apex('ApexClass', 'Kept', 'public class Kept { }'), { ApexClass: ['Kept'] }));
    const request = {
      apiVersion: '65.0',
      singlePackage: true,
      unpackaged: { types: [{ members: ['Kept'], name: 'ApexClass' }], version: '65.0' },
    };
    const started = await connection.metadata.retrieve(request as never);
    const found = await connection.metadata.checkRetrieveStatus(started.id);
    expect(found).toMatchObject({ done: true, status: 'Succeeded' });
    expect(found.zipFile.length).toBeGreaterThan(100);
  });
});
