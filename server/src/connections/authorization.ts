import type { OrganizationFacts } from '../salesforce/organization-facts.ts';
import type { ApiUsage } from '../salesforce/org.ts';
import type { AuthorizationKind } from './credentials.ts';

/**
 * authorized: calls work. revoked: Salesforce takes the credentials no longer, somebody must authorize again. failed:
 * something in the org is in the way; a test of the connection tries again.
 */
export const AUTHORIZATION_STATUSES = ['authorized', 'revoked', 'failed'] as const;
export type AuthorizationStatus = (typeof AUTHORIZATION_STATUSES)[number];

/** How a connection reaches its org, without what is secret. */
export interface Authorization {
  readonly connectionId: string;
  readonly accountId: string;
  readonly kind: AuthorizationKind;
  readonly loginOrigin: string;
  readonly clientId: string | null;
  readonly userName: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly organization: OrganizationFacts;
  readonly instanceUrl: string;
  readonly sessionVersion: number;
  readonly status: AuthorizationStatus;
  readonly statusCode: string | null;
  /** What is wrong and what to do; null while all is well. */
  readonly statusMessage: string | null;
  readonly statusSince: Date;
  readonly authorizedAt: Date;
  readonly authorizedBy: string;
  readonly usage: (ApiUsage & { readonly seenAt: Date }) | null;
}

/** An authorization as it is stored. */
export interface AuthorizationRow {
  readonly connection_id: string;
  readonly account_id: string;
  readonly kind: AuthorizationKind;
  readonly login_origin: string;
  readonly client_id: string | null;
  readonly user_name: string;
  readonly user_id: string;
  readonly organization_id: string;
  readonly organization: OrganizationFacts;
  readonly instance_url: string;
  readonly sealed_credentials: string;
  readonly sealed_session: string | null;
  readonly session_version: number;
  readonly status: AuthorizationStatus;
  readonly status_code: string | null;
  readonly status_message: string | null;
  readonly status_since: Date;
  readonly authorized_at: Date;
  readonly authorized_by: string;
  readonly api_used: number | null;
  readonly api_limit: number | null;
  readonly api_seen_at: Date | null;
}

export function authorizationOf(row: AuthorizationRow): Authorization {
  return {
    connectionId: row.connection_id,
    accountId: row.account_id,
    kind: row.kind,
    loginOrigin: row.login_origin,
    clientId: row.client_id,
    userName: row.user_name,
    userId: row.user_id,
    organizationId: row.organization_id,
    organization: row.organization,
    instanceUrl: row.instance_url,
    sessionVersion: row.session_version,
    status: row.status,
    statusCode: row.status_code,
    statusMessage: row.status_message,
    statusSince: row.status_since,
    authorizedAt: row.authorized_at,
    authorizedBy: row.authorized_by,
    usage:
      row.api_used === null || row.api_limit === null || row.api_seen_at === null
        ? null
        : { used: row.api_used, limit: row.api_limit, seenAt: row.api_seen_at },
  };
}
