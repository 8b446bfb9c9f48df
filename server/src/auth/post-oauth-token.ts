import type { Route } from '../http/route.ts';
import type { Config } from '../config.ts';
import type { Connections } from '../connections/connections.ts';
import { signToken } from './access-tokens.ts';
import { organizationId } from './organization-id.ts';
import { hashSecret, isSecret } from './secrets.ts';

/** An error of OAuth (RFC 6749, 5.2), which has a shape of its own. */
interface OAuthError {
  readonly status: 400 | 401;
  readonly error: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type';
  readonly description: string;
}

const NOBODY = hashSecret('');
const refuse = (status: 400 | 401, error: OAuthError['error'], description: string): OAuthError => ({
  status,
  error,
  description,
});

/** Client credentials (RFC 6749, 4.4) for a short-lived access token. */
export function postOauthToken(config: Config, connections: Connections): Route {
  return {
    method: 'post',
    path: '/oauth/token',
    access: 'public',
    summary: 'Exchanges a connection’s key id and secret for an access token',
    handler: async (request, response) => {
      response.set('Cache-Control', 'no-store');
      const outcome = await exchange(
        config,
        connections,
        formOf(request.body),
        request.headers.authorization,
      );
      if ('token' in outcome) {
        response.json({
          access_token: outcome.token,
          token_type: 'Bearer',
          expires_in: config.tokenLifetime,
          scope: 'plugin',
        });
        return;
      }
      if (outcome.status === 401) response.set('WWW-Authenticate', 'Basic');
      response.status(outcome.status).json({ error: outcome.error, error_description: outcome.description });
    },
  };
}

function formOf(body: unknown): URLSearchParams {
  return new URLSearchParams(typeof body === 'string' ? body : '');
}

async function exchange(
  config: Config,
  connections: Connections,
  form: URLSearchParams,
  authorization: string | undefined,
): Promise<{ token: string } | OAuthError> {
  const grant = form.get('grant_type');
  if (grant === null)
    return refuse(400, 'invalid_request', 'grant_type is missing; send application/x-www-form-urlencoded.');
  if (grant !== 'client_credentials')
    return refuse(400, 'unsupported_grant_type', 'Only client_credentials is supported.');
  const organization = organizationId(form.get('organization_id') ?? '');
  if (organization === null)
    return refuse(400, 'invalid_request', 'organization_id must be the id of a Salesforce organization.');
  const { id, secret } = credentials(form, authorization);
  const connection = await connections.findByKeyId(id);
  // The comparison is made for unknown keys too, so that they take as long as known ones.
  const isKnown = isSecret(secret, connection?.secretHash ?? NOBODY) && connection !== null;
  if (!isKnown) return refuse(401, 'invalid_client', 'The key id or the secret is not right.');
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
    token: signToken(config, {
      connectionId: connection.id,
      projectId: connection.projectId,
      organizationId: organization,
    }),
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
