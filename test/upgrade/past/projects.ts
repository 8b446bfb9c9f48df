import type { Caller } from '../caller.ts';
import type { Recording } from '../recording.ts';

const NEWS_FIELDS = [
  { name: 'email', type: 'email', required: true },
  { name: 'first_name', type: 'text', length: 40 },
  { name: 'last_name', type: 'text', length: 80 },
  { name: 'phone', type: 'phone' },
  { name: 'town', type: 'text', length: 40 },
  { name: 'state', type: 'text', length: 80 },
  { name: 'company', type: 'text' },
  { name: 'opted_out', type: 'boolean' },
  { name: 'score', type: 'integer', default: 7 },
  { name: 'balance', type: 'decimal', precision: 10, scale: 2 },
  { name: 'born', type: 'date' },
  { name: 'seen', type: 'timestamp' },
  { name: 'wakes', type: 'time' },
  { name: 'tier', type: 'picklist', picklist: ['gold', 'silver'] },
  { name: 'topics', type: 'multipicklist' },
  { name: 'site', type: 'url' },
  { name: 'notes', type: 'longtext' },
  { name: 'extra', type: 'json' },
  { name: 'manager', type: 'salesforce_id' },
];

/** A project of type A: every type of field, a renamed and an archived one, other tables, one of them archived. */
export async function makeNews(recording: Recording): Promise<void> {
  const owner = recording.caller('owner');
  await owner.call('POST', '/v1/admin/projects', {
    code: 'NEWS',
    name: 'Newsletter',
    type: 'A',
    contacts: { primaryKey: ['email'], fields: NEWS_FIELDS },
  });
  const table = (code: string, fields: readonly object[]): Promise<unknown> =>
    owner.call('POST', '/v1/admin/projects/NEWS/tables', { code, name: code, primaryKey: ['code'], fields });
  const code = { name: 'code', type: 'text', length: 20 };
  await table('Region', [code, { name: 'name', type: 'text' }, { name: 'population', type: 'integer' }]);
  await table('Bill', [
    code,
    { name: 'buyer', type: 'email', reference: { table: 'Contact', column: 'email' } },
    { name: 'total', type: 'decimal', precision: 12, scale: 3, required: true },
  ]);
  await table('Old', [code, { name: 'what', type: 'text', unique: true }]);
  await owner.call('POST', '/v1/admin/projects/NEWS/build');
  await addRows(owner, 'NEWS', 'Old', [
    { code: 'O1', what: 'Once' },
    { code: 'O2', what: 'Upon' },
  ]);
  await owner.call('POST', '/v1/admin/projects/NEWS/tables/Old/archive');
  await addRows(owner, 'NEWS', 'Region', [
    { code: 'QC', name: 'Québec', population: 8_501_833 },
    { code: 'NU', name: 'ᓄᓇᕗᑦ', population: null },
  ]);
  await owner.call('PATCH', '/v1/admin/projects/NEWS/tables/Contact/fields/town', {
    name: 'city',
    length: 80,
  });
  await owner.call('POST', '/v1/admin/projects/NEWS/tables/Contact/fields/manager/archive');
  await owner.call('POST', '/v1/admin/projects/NEWS/build');
  // Asked for, and not built.
  await owner.call('POST', '/v1/admin/projects/NEWS/tables/Contact/fields', { name: 'later', type: 'text' });
  for (const name of ['Contact', 'Region', 'Bill'])
    recording.read(
      'reader',
      `/v1/admin/projects/NEWS/tables/${name}/rows?archived=include&limit=1000&count=true`,
    );
  recording.read('owner', '/v1/admin/projects/NEWS', '/v1/admin/projects/NEWS/build');
  recording.visit('owner', '/v1/admin/projects/NEWS/tables/Contact/rows.csv?archived=include');
}

/** Projects of the second account: of type B, of type AB, and one that is archived. */
export async function makeShop(recording: Recording): Promise<void> {
  const shop = recording.caller('shop');
  await shop.call('POST', '/v1/admin/projects', {
    code: 'SHOP',
    name: 'The shop',
    type: 'B',
    contacts: {
      primaryKey: ['number'],
      fields: [
        { name: 'number', type: 'integer' },
        { name: 'email', type: 'email' },
        { name: 'name', type: 'text', length: 80 },
        { name: 'city', type: 'text', length: 80 },
        { name: 'comment', type: 'longtext' },
      ],
    },
  });
  await shop.call('POST', '/v1/admin/projects/SHOP/tables', {
    code: 'Item',
    name: 'Items',
    primaryKey: ['code'],
    fields: [
      { name: 'code', type: 'text', length: 12 },
      { name: 'kind', type: 'text', length: 20 },
    ],
  });
  await shop.call('POST', '/v1/admin/projects/SHOP/build');
  await shop.call('POST', '/v1/admin/projects', {
    code: 'BOTH',
    name: 'Both ways',
    type: 'AB',
    contacts: {
      primaryKey: ['email'],
      fields: [
        { name: 'email', type: 'email' },
        { name: 'last_name', type: 'text', length: 80 },
      ],
    },
  });
  await shop.call('POST', '/v1/admin/projects/BOTH/build');
  await shop.call('POST', '/v1/admin/projects', {
    code: 'OVER',
    name: 'Over',
    type: 'B',
    contacts: { primaryKey: ['email'], fields: [{ name: 'email', type: 'email' }] },
  });
  await shop.call('POST', '/v1/admin/projects/OVER/build');
  await addRows(shop, 'OVER', 'Contact', [{ email: 'over@example.com' }]);
  await shop.call('POST', '/v1/admin/projects/OVER/archive');
  recording.read(
    'shop owner',
    '/v1/admin/projects/SHOP',
    '/v1/admin/projects/BOTH',
    '/v1/admin/projects/OVER',
  );
  recording.read('shop owner', '/v1/admin/projects/SHOP/tables/Contact/rows?archived=include&limit=1000');
  recording.read('shop owner', '/v1/admin/projects/BOTH/tables/Contact/rows?archived=include&limit=1000');
}

export async function addRows(
  caller: Caller,
  project: string,
  table: string,
  rows: readonly object[],
): Promise<void> {
  await caller.call('POST', `/v1/admin/projects/${project}/tables/${table}/rows`, { rows });
}
