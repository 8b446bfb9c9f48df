import { z } from 'zod';
import type { Salesforce } from '../../../scripts/demo/salesforce.ts';
import type { Caller } from '../caller.ts';
import type { Recording } from '../recording.ts';
import { authorizeBySignature } from './authorizations.ts';
import { atDoor } from '../../support/org-door.ts';
import { reaches } from './local-org.ts';

const OVER = ['done', 'failed', 'held', 'cancelled'];

/** Leads are pulled by a connection that signs its log-ins: a run that was done, one held, one failed. Needs a worker. */
export async function pull(recording: Recording, salesforce: Salesforce, orgUrl: string): Promise<void> {
  const shop = recording.caller('shop');
  const id = await makePull(recording, orgUrl);
  const leads = Array.from({ length: 10 }, (_, index) => ({
    LastName: `Lead ${index}`,
    Company: 'Acme',
    Email: `lead${index}@acme.example.com`,
  }));
  const ids = await salesforce.createAll('Lead', [...leads, { LastName: 'No address', Company: 'Acme' }]);
  await run(recording, shop, id, { kind: 'full' });
  for (const lead of ids.slice(0, 8)) await salesforce.delete('Lead', lead);
  await run(recording, shop, id, { kind: 'full' });
  await atDoor(orgUrl, 'POST', 'faults', {
    ...{ kind: 'error', match: { operation: 'query', object: 'Lead' }, times: null },
    ...{ status: 400, code: 'INVALID_FIELD', message: "No such column 'Email' on entity 'Lead'" },
  });
  await run(recording, shop, id, {});
  await atDoor(orgUrl, 'DELETE', 'faults');
  recording.read('shop', `/v1/admin/pulls/${id}`, `/v1/admin/pulls/${id}/runs`);
}

async function makePull(recording: Recording, orgUrl: string): Promise<string> {
  const shop = recording.caller('shop');
  const connection = await shop.make('/v1/admin/connections', { project: 'BOTH', name: 'By signature' });
  recording.name('by signature', connection);
  await authorizeBySignature(recording, connection, orgUrl);
  const transfer = await shop.make('/v1/admin/transfers', {
    connection,
    table: 'Contact',
    object: 'Lead',
    mapping: [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'LastName', column: 'last_name' },
    ],
  });
  await shop.call('POST', `/v1/admin/transfers/${transfer}/activate`);
  const id = await shop.make('/v1/admin/pulls', { transfer, startNow: false, isEnabled: false });
  return recording.name('pull', id);
}

async function run(recording: Recording, shop: Caller, pullId: string, body: object): Promise<void> {
  const path = `/v1/admin/pulls/${pullId}/runs`;
  const id = await shop.make(path, body);
  await reaches(shop, `${path}/${id}`, OVER, 'state');
  recording.read('shop', `${path}/${id}`);
}

/** A run that waits for a worker. */
export async function queueRun(recording: Recording): Promise<void> {
  const path = `/v1/admin/pulls/${recording.named('pull')}/runs`;
  const answer = await recording.caller('shop').call('POST', path, { kind: 'full', mayArchiveMany: true });
  recording.name('waiting run', z.object({ id: z.string() }).parse(answer).id);
}
