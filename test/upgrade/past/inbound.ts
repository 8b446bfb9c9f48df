import { z } from 'zod';
import { eventually } from '../../../scripts/demo/eventually.ts';
import type { Salesforce } from '../../../scripts/demo/salesforce.ts';
import { MAPPING, setUpSalesforce } from '../../../scripts/demo/set-up.ts';
import { accessToken } from '../caller.ts';
import type { Recording } from '../recording.ts';

export const ORGANIZATION = '00D000000000001EAA';
const OTHER = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name', transforms: [{ type: 'trim' }] },
  { concat: { salesforceFields: ['MailingCity', 'MailingCountry'], separator: ', ' }, column: 'city' },
  {
    salesforceField: 'Tier__c',
    column: 'tier',
    transforms: [{ type: 'map', values: { G: 'gold' }, otherwise: 'keep' }],
  },
  { salesforceField: 'Topics__c', column: 'topics' },
  { salesforceField: 'Balance__c', column: 'balance' },
  { salesforceField: 'Birthdate', column: 'born' },
  { salesforceField: 'Seen__c', column: 'seen' },
  { salesforceField: 'Wakes__c', column: 'wakes' },
  { salesforceField: 'Extra__c', column: 'extra' },
  { constant: 'from the other org', column: 'company' },
];
const FIELDS = [
  'Id',
  'SystemModstamp',
  'Email',
  'LastName',
  'MailingCity',
  'MailingCountry',
  'Tier__c',
  'Topics__c',
  'Balance__c',
  'Birthdate',
  'Seen__c',
  'Wakes__c',
  'Extra__c',
];
export const keysSchema = z.object({ id: z.string(), keyId: z.string(), secret: z.string() });
export type Keys = z.output<typeof keysSchema>;

/** Ids of another org than the local one, whose records are counted from 1. */
export const record = (number: number): string => `003${String(500_000 + number).padStart(12, '0')}AAA`;
export const moment = (second: number): string => new Date(Date.UTC(2026, 0, 10, 8, 0, second)).toISOString();

async function connect(recording: Recording, caller: string, project: string, name: string): Promise<Keys> {
  const body = { project, name };
  return keysSchema.parse(await recording.caller(caller).call('POST', '/v1/admin/connections', body));
}

/** The package's own Apex sends contacts of the local org: inserted, changed, deleted, and one that is refused. */
export async function sendFromPackage(recording: Recording, salesforce: Salesforce): Promise<void> {
  const owner = recording.caller('owner');
  const keys = await connect(recording, 'owner', 'NEWS', 'Acme');
  recording.name('acme', keys.id);
  const transfer = { connection: keys.id, table: 'Contact', object: 'Contact', mapping: MAPPING };
  const id = recording.name('acme transfer', await owner.make('/v1/admin/transfers', transfer));
  await owner.call('POST', `/v1/admin/transfers/${id}/activate`);
  await setUpSalesforce(salesforce, recording.url, keys);
  const contacts = Array.from({ length: 25 }, (_, index) => ({
    FirstName: 'Person',
    LastName: `Number ${index}`,
    Email: `person${index}@acme.example.com`,
    Phone: `555-${String(index).padStart(4, '0')}`,
    MailingCity: index % 2 === 0 ? 'Gand' : 'Liège',
  }));
  const ids = await salesforce.createAll('Contact', [...contacts, { LastName: 'Without an address' }]);
  const count = async (): Promise<number> => {
    const path = '/v1/admin/projects/NEWS/tables/Contact/rows?limit=1&count=true';
    return z.object({ count: z.number() }).parse(await owner.call('GET', path)).count;
  };
  await eventually(async () => (await count()) === contacts.length);
  await salesforce.update('Contact', { Id: ids[0] ?? '', Email: 'moved@acme.example.com' });
  await salesforce.delete('Contact', ids[1] ?? '');
  await eventually(async () => (await count()) === contacts.length - 1);
  await eventually(
    async () => (await salesforce.connection.query('SELECT Id FROM DI_Outbox__c')).totalSize === 0,
  );
  recording.read('owner', `/v1/admin/transfers/${id}`, `/v1/admin/connections/${keys.id}/objects`);
}

/** Another org sends by HTTP: all of a batch's parts, with refused records. Each batch can be sent again. */
export async function sendByHand(recording: Recording, orgUrl: string): Promise<void> {
  const owner = recording.caller('owner');
  const keys = await connect(recording, 'owner', 'NEWS', 'The other org');
  recording.name('other', keys.id);
  const transfer = { connection: keys.id, table: 'Contact', object: 'Contact', mapping: OTHER };
  const id = await owner.make('/v1/admin/transfers', transfer);
  await owner.call('POST', `/v1/admin/transfers/${id}/activate`);
  const { keyId, secret } = keys;
  const plugin = { kind: 'plugin', keyId, secret, organization: ORGANIZATION } as const;
  await recording.introduce('other org', plugin).call('POST', '/v1/plugin/authorize', {
    organizationId: ORGANIZATION,
    organizationName: 'The other org',
    packageVersion: '0.1.0',
  });
  recording.name('access token', await accessToken(recording.url, plugin));
  await sendBatch(recording, 'first', {
    upserts: [
      person(1, 1, 'ann@example.com', { tier: 'G', topics: 'a;b', extra: '{"a":[1,2.50]}' }),
      person(2, 1, 'bob@example.com'),
      person(3, 1, 'cy@example.com'),
      person(4, 1, 'dee@example.com'),
      person(5, 1, 'eve@example.com'),
      person(6, 1, 'no address'),
      person(7, 1, 'fay@example.com', { balance: '1234567890.12' }),
    ],
  });
  await sendBatch(recording, 'second', {
    // One takes another address, and one comes too late.
    upserts: [person(2, 2, 'robert@example.com'), person(1, 0, 'too-late@example.com')],
    archives: [[record(3), moment(2)]],
    deletes: [
      { id: record(4), at: moment(2), key: { Email: 'dee@example.com' } },
      { id: record(99), at: moment(2) },
    ],
  });
  recording.read('owner', `/v1/admin/projects/NEWS/tables/Contact/records/${record(2)}`);
  await makeOtherConnections(recording, orgUrl);
}

const sendBatch = (recording: Recording, key: string, parts: object): Promise<void> =>
  recording.write(
    'other org',
    {
      method: 'POST',
      path: '/v1/tables/Contact/batches',
      headers: { 'Idempotency-Key': key },
      body: { object: 'Contact', fields: FIELDS, upserts: [], ...parts },
    },
    200,
  );

function person(
  number: number,
  second: number,
  email: string,
  more: {
    readonly tier?: string;
    readonly topics?: string;
    readonly extra?: string;
    readonly balance?: string;
  } = {},
): readonly unknown[] {
  const { tier = 'silver', topics = null, extra = null, balance = `${number}.10` } = more;
  const seen = '2025-12-31T23:59:59.000Z';
  return [
    ...[
      record(number),
      moment(second),
      email,
      ` Person ${number} `,
      'Gand',
      'Belgique',
      tier,
      topics,
      balance,
    ],
    ...['1980-02-29', seen, '06:30:00', extra],
  ];
}

/** A connection that no org has used, one whose secret was renewed, and one that was revoked. */
async function makeOtherConnections(recording: Recording, orgUrl: string): Promise<void> {
  const owner = recording.caller('owner');
  const unused = await connect(recording, 'owner', 'NEWS', 'Never used');
  // Begun in a browser that never came back.
  await owner.call('POST', `/v1/admin/connections/${unused.id}/authorizations/web-server`, { login: orgUrl });
  const renewed = await connect(recording, 'owner', 'NEWS', 'Renewed');
  const answer = await owner.call('POST', `/v1/admin/connections/${renewed.id}/secret`);
  const { secret } = z.object({ secret: z.string() }).parse(answer);
  recording.introduce('renewed', {
    kind: 'plugin',
    keyId: renewed.keyId,
    secret,
    organization: ORGANIZATION,
  });
  recording.name('old secret', renewed.secret);
  const revoked = await connect(recording, 'owner', 'NEWS', 'Revoked');
  await owner.call('DELETE', `/v1/admin/connections/${revoked.id}`);
  recording.name('revoked key id', revoked.keyId);
  recording.name('revoked secret', revoked.secret);
  recording.read('owner', '/v1/admin/connections', '/v1/admin/transfers');
}
