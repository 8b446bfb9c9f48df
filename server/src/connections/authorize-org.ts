import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { audit } from '../access/audit-log.ts';
import type { Actor } from '../access/caller.ts';
import { forbidden } from '../http/problem.ts';
import type { Granted } from '../salesforce/grants.ts';
import { readOrganization, type OrganizationFacts } from '../salesforce/organization-facts.ts';
import type { Authorizations } from './authorizations.ts';
import type { Connection } from './connections.ts';
import type { Credentials } from './credentials.ts';

/** A log-in that worked, of an org that the connection may be of. */
export interface VerifiedLogIn {
  readonly granted: Granted;
  readonly organization: OrganizationFacts;
  readonly userName: string;
}

/** How a log-in is kept. */
export interface KeptLogIn {
  readonly loginOrigin: string;
  readonly clientId: string | null;
  readonly credentials: Credentials;
}

/**
 * Looks at the org that a log-in led to. Outside any transaction, since Salesforce is asked. Throws a 403 problem for an org
 * that is not the connection's, SalesforceFault where the API cannot be used.
 */
export async function verifyLogIn(
  connection: Pick<Connection, 'organizationId'>,
  granted: Granted,
): Promise<VerifiedLogIn> {
  if (connection.organizationId !== null && connection.organizationId !== granted.organizationId)
    throw wrongOrganization(connection.organizationId, granted.organizationId);
  return { granted, ...(await readOrganization(granted, granted.userId)) };
}

/** Keeps a verified log-in and binds the connection to its org, in the caller's transaction. Throws a 403 problem. */
export async function keepLogIn(
  transaction: Knex,
  authorizations: Authorizations,
  connection: Pick<Connection, 'id' | 'accountId'>,
  { granted, organization, userName }: VerifiedLogIn,
  kept: KeptLogIn & { readonly by: string },
): Promise<void> {
  const bound = await transaction('di.connection')
    .where({ id: connection.id, account_id: connection.accountId, status: 'active' })
    .whereRaw('(organization_id IS NULL OR organization_id = ?)', [granted.organizationId])
    .update({ organization_id: granted.organizationId });
  // The plugin of another org was quicker, or the connection was revoked.
  if (bound === 0) throw wrongOrganization('another one', granted.organizationId);
  await authorizations.store(transaction, {
    ...kept,
    accountId: connection.accountId,
    connectionId: connection.id,
    granted,
    organization,
    userName,
  });
}

/** The audit entry of an authorization: who reaches which org as whom, and nothing secret. */
export function authorizedEntry(
  connectionId: string,
  kind: Credentials['kind'],
  { granted, organization, userName }: VerifiedLogIn,
): Parameters<typeof audit>[3] {
  return {
    action: 'connection.authorized',
    subject: connectionId,
    detail: { kind, organizationId: granted.organizationId, organization: organization.name, userName },
  };
}

/** Keeps a log-in that came back by the browser, noted as done by who sent it on its way. */
export function keepWebLogIn(
  knex: Knex,
  authorizations: Authorizations,
  connection: Connection,
  verified: VerifiedLogIn,
  kept: KeptLogIn,
  by: { readonly actor: Actor; readonly requestId: string },
): Promise<void> {
  return knex.transaction(async (transaction) => {
    await keepLogIn(transaction, authorizations, connection, verified, { ...kept, by: by.actor.name });
    const entry = authorizedEntry(connection.id, kept.credentials.kind, verified);
    await audit(transaction, { accountId: connection.accountId, actor: by.actor }, by.requestId, entry);
  });
}

function wrongOrganization(bound: string, found: string): Error {
  return forbidden('wrong-organization', say('connections.wrong-organization', { bound, found }));
}
