import { z } from 'zod';
import type { Recording } from '../recording.ts';
import { atDoor } from '../../support/org-door.ts';
import { reaches } from './local-org.ts';

const deploymentSchema = z.object({ deployment: z.string() });
const OVER = ['succeeded', 'failed'];

/** Deployments that were done and one that failed: fields, and the trigger of a customer's own object. Needs a worker. */
export async function deploy(recording: Recording, orgUrl: string): Promise<void> {
  const owner = recording.caller('owner');
  const connection = `/v1/admin/connections/${recording.named('acme')}`;
  const ended = async (answer: unknown): Promise<void> => {
    const { deployment } = deploymentSchema.parse(answer);
    await reaches(owner, `/v1/admin/deployments/${deployment}`, OVER);
    recording.read('owner', `/v1/admin/deployments/${deployment}`);
  };
  const fields = { object: 'Contact', optIns: ['news'], changedAt: true, recordId: true };
  await ended(await owner.call('POST', `${connection}/fields`, fields));
  const transfer = await owner.make('/v1/admin/transfers', {
    connection: recording.named('acme'),
    table: 'Region',
    object: 'Region__c',
    mapping: [
      { salesforceField: 'Code__c', column: 'code' },
      { salesforceField: 'Name', column: 'name' },
      { salesforceField: 'Population__c', column: 'population' },
    ],
  });
  recording.name('region transfer', transfer);
  await ended(await owner.call('POST', `/v1/admin/transfers/${transfer}/trigger`));
  const denied = {
    kind: 'error',
    match: { operation: 'deploy' },
    status: 400,
    code: 'INVALID_TYPE',
    times: null,
  };
  await atDoor(orgUrl, 'POST', 'faults', denied);
  await ended(await owner.call('POST', `${connection}/fields`, { object: 'Lead', optIns: ['events'] }));
  await atDoor(orgUrl, 'DELETE', 'faults');
}

/** A deployment that waits for a worker. */
export async function queueDeployment(recording: Recording): Promise<void> {
  const fields = { object: 'Lead', optIns: ['news'] };
  const path = `/v1/admin/connections/${recording.named('acme')}/fields`;
  const { deployment } = deploymentSchema.parse(await recording.caller('owner').call('POST', path, fields));
  recording.name('waiting deployment', deployment);
}
