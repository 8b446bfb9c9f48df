import { z } from 'zod';
import { eventually } from '../../../scripts/demo/eventually.ts';
import type { Salesforce } from '../../../scripts/demo/salesforce.ts';
import { LOGIN } from '../../local-org/rest/settings.ts';
import { atDoor } from '../../support/org-door.ts';
import type { Recording } from '../recording.ts';
import { keysSchema, type Keys } from './inbound.ts';
import { addRows } from './projects.ts';

const healthSchema = z.object({ pending: z.number(), status: z.string() });
const EMAIL = { salesforceField: 'Email', column: 'email' };
const NAME = {
  salesforceField: 'LastName',
  column: 'name',
  transforms: [{ type: 'default', value: 'Unknown' }],
};
const CITY = { salesforceField: 'MailingCity', column: 'city' };
const COMMENT = { salesforceField: 'Description', column: 'comment' };
const BY_EMAIL = { by: 'lookup', field: 'Email', column: 'email' };
const ROWS = '/v1/admin/projects/SHOP/tables/Contact/rows';

/** Makes a connection of the second account and authorizes it with a password. */
export async function connectByPassword(
  recording: Recording,
  connection: { readonly project: string; readonly name: string },
  orgUrl: string,
): Promise<Keys> {
  const shop = recording.caller('shop');
  const keys = keysSchema.parse(await shop.call('POST', '/v1/admin/connections', connection));
  recording.name(connection.name, keys.id);
  await shop.call('POST', `/v1/admin/connections/${keys.id}/authorizations/password`, {
    login: orgUrl,
    userName: LOGIN.userName,
    password: LOGIN.password,
  });
  return keys;
}

export async function integrate(
  recording: Recording,
  caller: string,
  connection: string,
  definition: { readonly name: string; readonly [member: string]: unknown },
): Promise<string> {
  const body = {
    connection: recording.named(connection),
    table: 'Contact',
    object: 'Contact',
    ...definition,
  };
  const id = await recording.caller(caller).make('/v1/admin/integrations', body);
  recording.read(caller, `/v1/admin/integrations/${id}`);
  return recording.name(definition.name, id);
}

export async function activate(recording: Recording, caller: string, name: string): Promise<void> {
  const path = `/v1/admin/integrations/${recording.named(name)}/activate`;
  await recording.caller(caller).call('POST', path);
}

/** Waits until an integration has nothing to send, whatever became of it. */
export async function sent(recording: Recording, caller: string, name: string): Promise<void> {
  const path = `/v1/admin/integrations/${recording.named(name)}/health`;
  await eventually(
    async () => healthSchema.parse(await recording.caller(caller).call('GET', path)).pending === 0,
  );
}

/** Consent goes to the org of the package. Needs a worker. */
export async function sendConsent(recording: Recording): Promise<void> {
  await integrate(recording, 'owner', 'acme', {
    name: 'Opt-ins to contacts',
    operations: ['consent'],
    optInFields: [
      { optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' },
      { optIn: 'news', field: 'DI_news__c', trueWhen: 'granted' },
    ],
    matching: { ...BY_EMAIL, several: 'all' },
  });
  await activate(recording, 'owner', 'Opt-ins to contacts');
  const changes = [
    { contact: { email: 'person4@acme.example.com' }, optIn: 'news', status: 'granted' },
    { contact: { email: 'person6@acme.example.com' }, optIn: 'news', status: 'withdrawn' },
  ];
  await recording.caller('owner').call('POST', '/v1/admin/projects/NEWS/consent', { changes });
  await sent(recording, 'owner', 'Opt-ins to contacts');
}

/** Rows of the shop go to its org: sent, dead, gone, held, and of integrations in every state. Needs a worker. */
export async function sendRows(recording: Recording, salesforce: Salesforce, orgUrl: string): Promise<void> {
  await connectByPassword(recording, { project: 'SHOP', name: 'Shop org' }, orgUrl);
  await integrate(recording, 'shop', 'Shop org', {
    name: 'People',
    operations: ['created', 'updated', 'deleted'],
    mapping: [EMAIL, NAME, CITY],
    matching: BY_EMAIL,
  });
  await activate(recording, 'shop', 'People');
  await writeRows(recording);
  await sent(recording, 'shop', 'People');
  await loseRecord(recording, salesforce);
  await makeOthers(recording);
  await stop(recording, orgUrl, 'Departments', 'Department');
  // It goes on, and the incident is over; the next one stays.
  await activate(recording, 'shop', 'Departments');
  await sent(recording, 'shop', 'Departments');
  await stop(recording, orgUrl, 'Assistants', 'AssistantName');
}

async function writeRows(recording: Recording): Promise<void> {
  const rows = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => ({
    number,
    email: `buyer${number}@shop.example.com`,
    name: `Buyer ${number}`,
    // Longer than a city may be in Salesforce.
    city: number === 7 ? 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch' : 'Bern',
  }));
  const key = { 'Idempotency-Key': 'first-rows' };
  await recording.write('shop', { method: 'POST', path: ROWS, headers: key, body: { rows } }, 200);
  const refused = { rows: [{ number: 'nine' }, { number: 9, colour: 'red' }, { number: 1, city: 'Basel' }] };
  const other = { 'Idempotency-Key': 'second-rows' };
  await recording.write('shop', { method: 'POST', path: ROWS, headers: other, body: refused }, 200);
  await recording.caller('shop').call('DELETE', ROWS, { keys: [{ number: 8 }] });
  await recording.caller('shop').call('POST', `${ROWS}/archive`, { keys: [{ number: 6 }] });
}

/** A record that somebody deleted in Salesforce, and that a row still points to. */
async function loseRecord(recording: Recording, salesforce: Salesforce): Promise<void> {
  const { records } = await salesforce.connection.query<{ Id: string }>(
    "SELECT Id FROM Contact WHERE Email = 'buyer5@shop.example.com'",
  );
  await salesforce.delete('Contact', records[0]?.Id ?? '');
  await addRows(recording.caller('shop'), 'SHOP', 'Contact', [{ number: 5, city: 'Gone' }]);
  await sent(recording, 'shop', 'People');
}

async function makeOthers(recording: Recording): Promise<void> {
  const shop = recording.caller('shop');
  const definition = { operations: ['updated'], mapping: [COMMENT], matching: BY_EMAIL };
  await integrate(recording, 'shop', 'Shop org', { ...definition, name: 'A draft' });
  for (const name of ['Paused', 'Archived', 'Nightly']) {
    const settings =
      name === 'Nightly' ? { schedule: { kind: 'daily', hour: 3, timeZone: 'Europe/Paris' } } : {};
    const mapping = [{ ...COMMENT, salesforceField: name === 'Nightly' ? 'Title' : 'Description' }];
    await integrate(recording, 'shop', 'Shop org', { ...definition, mapping, settings, name });
    await activate(recording, 'shop', name);
  }
  await shop.call('POST', `/v1/admin/integrations/${recording.named('Paused')}/pause`);
  await shop.call('POST', `/v1/admin/integrations/${recording.named('Archived')}/archive`);
}

/** An integration that stops, since the org takes a right away: an incident. */
async function stop(recording: Recording, orgUrl: string, name: string, field: string): Promise<void> {
  const shop = recording.caller('shop');
  await integrate(recording, 'shop', 'Shop org', {
    name,
    operations: ['updated'],
    mapping: [{ salesforceField: field, column: 'comment' }],
    matching: BY_EMAIL,
  });
  await activate(recording, 'shop', name);
  const denials = [{ object: 'Contact', field, rights: ['Edit'] }];
  await atDoor(orgUrl, 'PUT', 'denials', { denials });
  await addRows(shop, 'SHOP', 'Contact', [{ number: 2, comment: `For ${name}` }]);
  const path = `/v1/admin/integrations/${recording.named(name)}/health`;
  await eventually(async () => healthSchema.parse(await shop.call('GET', path)).status === 'stopped');
  await atDoor(orgUrl, 'PUT', 'denials', { denials: [] });
}

/** What waits for a worker: rows, opt-outs and what people withdraw by a link. */
export async function leaveWaiting(recording: Recording): Promise<void> {
  await addRows(recording.caller('shop'), 'SHOP', 'Contact', [
    { number: 3, city: 'Waiting' },
    { number: 10, email: 'buyer10@shop.example.com', name: 'Buyer 10' },
  ]);
  const changes = [
    { contact: { email: 'person8@acme.example.com' }, optIn: 'news', status: 'granted' },
    { contact: { email: 'person10@acme.example.com' }, optIn: null, status: 'withdrawn' },
  ];
  await recording.caller('owner').call('POST', '/v1/admin/projects/NEWS/consent', { changes });
  for (const name of ['People', 'Paused', 'Nightly', 'Departments', 'Assistants'])
    recording.read('shop', `/v1/admin/deliveries?integration=${recording.named(name)}&limit=100`);
  recording.read(
    'owner',
    `/v1/admin/deliveries?integration=${recording.named('Opt-ins to contacts')}&limit=100`,
  );
  recording.read('shop', '/v1/admin/integrations');
}
