import { z } from 'zod';
import { say } from '../messages/message.ts';
import { organizationFactsSchema } from '../salesforce/organization-facts.ts';
import type { ApiUsage } from '../salesforce/org.ts';
import { AUTHORIZATION_STATUSES, type Authorization } from './authorization.ts';
import { AUTHORIZATION_KINDS } from './credentials.ts';

/** An authorization as the API answers it: nothing of it is secret. */
export const authorizationAnswer = z.object({
  kind: z.enum(AUTHORIZATION_KINDS),
  status: z.enum(AUTHORIZATION_STATUSES),
  statusMessage: z
    .string()
    .nullable()
    .meta({ description: 'What is wrong and what to do; null while all is well' }),
  statusSince: z.iso.datetime(),
  userName: z.string(),
  login: z.string(),
  instanceUrl: z.string(),
  organization: organizationFactsSchema.extend({ id: z.string() }),
  authorizedAt: z.iso.datetime(),
  authorizedBy: z.string(),
  apiCalls: z
    .object({ used: z.int(), limit: z.int(), left: z.int(), seenAt: z.iso.datetime() })
    .nullable()
    .meta({ description: 'Of the last 24 hours, as the org last said' }),
});

export function authorizationShown(authorization: Authorization): z.input<typeof authorizationAnswer> {
  const { usage } = authorization;
  return {
    kind: authorization.kind,
    status: authorization.status,
    statusMessage: authorization.statusMessage,
    statusSince: authorization.statusSince.toISOString(),
    userName: authorization.userName,
    login: authorization.loginOrigin,
    instanceUrl: authorization.instanceUrl,
    organization: { id: authorization.organizationId, ...authorization.organization },
    authorizedAt: authorization.authorizedAt.toISOString(),
    authorizedBy: authorization.authorizedBy,
    apiCalls: usage && {
      used: usage.used,
      limit: usage.limit,
      left: Math.max(0, usage.limit - usage.used),
      seenAt: usage.seenAt.toISOString(),
    },
  };
}

/** Part of the API calls from which their being used up is warned of. */
const NEARLY_ALL = 0.9;

export function isNearlyUsedUp({ used, limit }: ApiUsage): boolean {
  return used > limit * NEARLY_ALL;
}

/** What an admin should know of an authorization that works. */
export function authorizationWarnings(authorization: Pick<Authorization, 'kind' | 'organization'>): string[] {
  const warnings: string[] = [];
  if (authorization.kind === 'password') warnings.push(say('connections.password-retires'));
  if (/professional|group|essentials|starter|contact manager/i.test(authorization.organization.edition))
    warnings.push(say('connections.no-deployed-apex', { edition: authorization.organization.edition }));
  return warnings;
}
