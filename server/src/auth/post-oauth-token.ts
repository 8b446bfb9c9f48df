import type { Knex } from 'knex';
import { z } from 'zod';
import { findConnectionByKeyId } from '../connections/connections.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { ANSWERED, anybody, openEndpoint, type Route } from '../http/route.ts';
import type { AccessTokens, PluginClaims } from './access-tokens.ts';
import { organizationId } from './organization-id.ts';
import { hashSecret, isKeyId, isSecret } from './secrets.ts';

const FORM =
  'A form (application/x-www-form-urlencoded) with grant_type=client_credentials, client_id, client_secret (or HTTP Basic) and organization_id. Errors are those of RFC 6749, section 5.2.';

/** An error of OAuth (RFC 6749, 5.2), which has a shape of its own. */
interface OAuthError {
  readonly status: 400 | 401;
  readonly error: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type';
  readonly description: string;
  /** Whoever asks may be guessing; other faults are those of somebody who has the secret. */
  readonly isWrongKey: boolean;
}

const NOBODY = hashSecret('');
const WRONG_KEY: OAuthError = {
  status: 401,
  error: 'invalid_client',
  description: 'The key id or the secret is not right.',
  isWrongKey: true,
};
const refuse = (status: 400 | 401, error: OAuthError['error'], description: string): OAuthError => ({
  status,
  error,
  description,
  isWrongKey: false,
});

/** Client credentials (RFC 6749, 4.4) for a short-lived access token. */
export function postOauthToken(tokens: AccessTokens, limits: RateLimits): Route {
  return openEndpoint({
    method: 'post',
    path: '/oauth/token',
    access: 'public',
    authenticate: anybody,
    tag: 'Plugin',
    summary: 'Exchanges a connection’s key id and secret for an access token',
    description: FORM,
    answer: {
      schema: z.object({
        access_token: z.string(),
        token_type: z.literal('Bearer'),
        expires_in: z.int(),
        scope: z.literal('plugin'),
      }),
    },
    handle: async ({ knex, request, response }) => {
      const outcome = await exchange(knex, formOf(request.body), request.headers.authorization);
      if ('claims' in outcome) {
        return {
          access_token: await tokens.sign(outcome.claims),
          token_type: 'Bearer',
          expires_in: tokens.lifetime,
          scope: 'plugin',
        };
      }
      // Right keys are not counted: all orgs of an instance of Salesforce call from the same few machines.
      if (outcome.isWrongKey) await limits.wrongKey(request.ip ?? '');
      if (outcome.status === 401) response.set('WWW-Authenticate', 'Basic');
      response.status(outcome.status).json({ error: outcome.error, error_description: outcome.description });
      return ANSWERED;
    },
  });
}

function formOf(body: unknown): URLSearchParams {
  return new URLSearchParams(typeof body === 'string' ? body : '');
}

async function exchange(
  knex: Knex,
  form: URLSearchParams,
  authorization: string | undefined,
): Promise<{ claims: PluginClaims } | OAuthError> {
  const grant = form.get('grant_type');
  if (grant === null)
    return refuse(400, 'invalid_request', 'grant_type is missing; send application/x-www-form-urlencoded.');
  if (grant !== 'client_credentials')
    return refuse(400, 'unsupported_grant_type', 'Only client_credentials is supported.');
  const organization = organizationId(form.get('organization_id') ?? '');
  if (organization === null)
    return refuse(400, 'invalid_request', 'organization_id must be the id of a Salesforce organization.');
  const { id, secret } = credentials(form, authorization);
  const connection = isKeyId(id) ? await findConnectionByKeyId(knex, id) : null;
  // The comparison is made for unknown keys too, so that they take as long as known ones.
  const isKnown = isSecret(secret, connection?.secretHash ?? NOBODY) && connection !== null;
  if (!isKnown) return WRONG_KEY;
  if (connection.status !== 'active')
    return refuse(401, 'invalid_client', 'The connection was revoked in DI.');
  if (connection.organizationId !== null && connection.organizationId !== organization) {
    return refuse(
      401,
      'invalid_client',
      'The connection belongs to another Salesforce organization. Create one for this organization in DI.',
    );
  }
  return {
    claims: {
      connectionId: connection.id,
      projectId: connection.projectId,
      organizationId: organization,
    },
  };
}

function credentials(
  form: URLSearchParams,
  authorization: string | undefined,
): { id: string; secret: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(authorization ?? '')?.[1];
  if (basic === undefined)
    return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':', 2).map(decoded);
  return { id, secret };
}

/** RFC 6749, 2.3.1: both halves are form-encoded. What is not is taken as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return part;
  }
}
