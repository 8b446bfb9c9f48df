import pg from 'pg';
import { z } from 'zod';
import type { Recording } from '../recording.ts';
import { moment, ORGANIZATION, record } from './inbound.ts';
import { activate, connectByPassword, integrate, sent } from './outbound.ts';
import { addRows } from './projects.ts';

const LONG = '/v1/admin/projects/LONG';
/** Neighbours that one float stands for, and the first number beyond those that a float holds exactly. */
export const NUMBERS = ['9007199254740993', '9007199254740992', '-9007199254740993'] as const;
/** A float holds this one, though not its neighbours: whatever reads it as a number knows it. */
const EXACT = '9007199254740994';
const SHORT = '41';

export const mailOf = (number: string): string => `n${number.replace('-', 'm')}@long.example.com`;

/**
 * People known by numbers longer than a float holds: sent to an org, with consent, and with records of an org that share a
 * row. Rows of another table have addresses that were not put into one spelling yet: some stand double. Needs a worker.
 *
 * The lists that name such keys are only visited: the numbers in them were not exact.
 */
export async function makeLongNumbers(
  recording: Recording,
  databaseUrl: string,
  orgUrl: string,
): Promise<void> {
  const shop = recording.caller('shop');
  await makeProject(recording);
  const { id, keyId, secret } = await connectByPassword(
    recording,
    { project: 'LONG', name: 'Long org' },
    orgUrl,
  );
  await integrate(recording, 'shop', 'Long org', {
    name: 'Long numbers',
    operations: ['created', 'updated'],
    mapping: [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'LastName', column: 'name' },
    ],
    matching: { by: 'lookup', field: 'Email', column: 'email' },
  });
  await activate(recording, 'shop', 'Long numbers');
  const rows = [...NUMBERS, EXACT, SHORT].map((number) => ({
    ...{ number, email: mailOf(number), name: `Number ${number}` },
  }));
  await addRows(shop, 'LONG', 'Contact', rows);
  await sent(recording, 'shop', 'Long numbers');
  for (const number of [EXACT, SHORT]) await sayYes(recording, number);
  const plugin = { kind: 'plugin', keyId, secret, organization: ORGANIZATION } as const;
  recording.introduce('long plugin', plugin);
  await shareRows(recording, id);
  await spellOtherwise(databaseUrl);
  recording.read('shop', `${LONG}/tables/Contact/rows?limit=100`, `${LONG}/tables/Card/rows?limit=100`);
  recording.visit('shop', `${LONG}/tables/Card/duplicates`);
  recording.visit('shop', `${LONG}/duplicates`);
}

async function makeProject(recording: Recording): Promise<void> {
  const shop = recording.caller('shop');
  const number = { name: 'number', type: 'integer' };
  const email = { name: 'email', type: 'email' };
  const name = { name: 'name', type: 'text', length: 80 };
  const contacts = { primaryKey: ['number'], fields: [number, email, name] };
  await shop.call('POST', '/v1/admin/projects', { code: 'LONG', name: 'Long', type: 'AB', contacts });
  const card = {
    code: 'Card',
    name: 'Cards',
    primaryKey: ['number', 'email'],
    fields: [number, email, name],
  };
  await shop.call('POST', `${LONG}/tables`, card);
  await shop.call('POST', `${LONG}/build`);
  await shop.call('POST', `${LONG}/opt-ins`, { code: 'news', name: 'Newsletter' });
}

async function sayYes(recording: Recording, number: string): Promise<void> {
  const changes = [{ contact: { number }, optIn: 'news', status: 'granted' }];
  await recording.caller('shop').call('POST', `${LONG}/consent`, { changes });
  const key = encodeURIComponent(JSON.stringify({ number }));
  recording.read('shop', `${LONG}/consent/contact?key=${key}`);
}

/** Two records of an org have one key each time: one fills the row, the other waits. */
async function shareRows(recording: Recording, connection: string): Promise<void> {
  const shop = recording.caller('shop');
  const mapping = [
    { salesforceField: 'Number__c', column: 'number' },
    { salesforceField: 'Email', column: 'email' },
    { salesforceField: 'LastName', column: 'name' },
  ];
  const transfer = await shop.make('/v1/admin/transfers', {
    connection,
    table: 'Card',
    object: 'Card__c',
    mapping,
  });
  await shop.call('POST', `/v1/admin/transfers/${transfer}/activate`);
  await recording.caller('long plugin').call('POST', '/v1/plugin/authorize', {
    organizationId: ORGANIZATION,
    organizationName: 'Long org',
    packageVersion: '0.1.0',
  });
  const upserts = [...NUMBERS, SHORT].flatMap((number, index) =>
    [1, 2].map((second) => [
      ...[record(1000 + 2 * index + second), moment(second), number],
      ...[mailOf(number), `Card ${number} of ${second}`],
    ]),
  );
  const fields = ['Id', 'SystemModstamp', 'Number__c', 'Email', 'LastName'];
  const body = { object: 'Card__c', fields, upserts };
  const headers = { 'Idempotency-Key': 'long-cards' };
  const path = '/v1/tables/Card/batches';
  await recording.write('long plugin', { method: 'POST', path, headers, body }, 200);
}

/** As versions stored it that kept addresses as they were written. The server that starts next puts it right. */
async function spellOtherwise(databaseUrl: string): Promise<void> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query(`SELECT id, schema_name FROM di.project WHERE code = 'LONG'`);
    const [project] = z.tuple([z.object({ id: z.string(), schema_name: z.string() })]).parse(rows);
    const table = `"${project.schema_name}"."Card"`;
    for (const number of NUMBERS)
      await client.query(`INSERT INTO ${table} (number, email, name) VALUES ($1, $2, 'Written otherwise')`, [
        number,
        mailOf(number).toUpperCase(),
      ]);
    await client.query(
      `UPDATE di.project_table SET is_normalized = false WHERE project_id = $1 AND code = 'Card'`,
      [project.id],
    );
  } finally {
    await client.end();
  }
}

/** Rows that wait for a worker. */
export async function leaveLongNumbers(recording: Recording): Promise<void> {
  const waiting = NUMBERS.map((number) => ({ number, name: `Waiting ${number}` }));
  await addRows(recording.caller('shop'), 'LONG', 'Contact', waiting);
  recording.visit('shop', `/v1/admin/deliveries?integration=${recording.named('Long numbers')}&limit=100`);
}
