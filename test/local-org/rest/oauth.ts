import { createHash, randomBytes } from 'node:crypto';
import type { LocalOrg } from '../org.ts';
import type { RestAnswer } from './resource.ts';

/** Who may log in to a local org; anybody who has its address knows them. */
export const LOGIN = {
  userName: 'admin@local.org',
  password: 'local',
  clientId: 'local-org',
  clientSecret: 'local-org-secret',
} as const;

interface Code {
  readonly challenge: string | null;
  readonly redirect: string;
}

/** Access tokens, refresh tokens and codes that an org has given out. */
export class Sessions {
  readonly #org: LocalOrg;
  readonly #tokens = new Set<string>();
  readonly #refresh = new Set<string>();
  readonly #codes = new Map<string, Code>();

  constructor(org: LocalOrg) {
    this.#org = org;
  }

  has(token: string): boolean {
    return this.#tokens.has(token);
  }

  open(): string {
    const token = `${this.#org.organization.id.slice(0, 15)}!${randomBytes(32).toString('base64url')}`;
    this.#tokens.add(token);
    return token;
  }

  /** The consent page of the web-server flow: here the administrator consents at once. */
  authorize(query: URLSearchParams): RestAnswer {
    const redirect = query.get('redirect_uri') ?? '';
    if (
      query.get('response_type') !== 'code' ||
      query.get('client_id') !== LOGIN.clientId ||
      !URL.canParse(redirect)
    )
      return {
        status: 400,
        body: { error: 'invalid_request', error_description: 'client identifier or redirect_uri invalid' },
      };
    const code = randomBytes(24).toString('base64url');
    this.#codes.set(code, { challenge: query.get('code_challenge'), redirect });
    const back = new URL(redirect);
    back.searchParams.set('code', code);
    const state = query.get('state');
    if (state !== null) back.searchParams.set('state', state);
    return { status: 302, headers: { location: back.href } };
  }

  token(url: string, form: URLSearchParams): RestAnswer {
    const grant = this.#grant(form);
    if (grant === null)
      return { status: 400, body: { error: 'invalid_grant', error_description: 'authentication failure' } };
    const { organization, admin } = this.#org;
    return {
      status: 200,
      body: {
        access_token: this.open(),
        ...(grant.refresh === undefined ? {} : { refresh_token: grant.refresh }),
        instance_url: url,
        id: `${url}/id/${organization.id}/${admin.id}`,
        token_type: 'Bearer',
        scope: 'api refresh_token',
        issued_at: String(Date.now()),
        signature: '',
      },
    };
  }

  #grant(form: URLSearchParams): { refresh?: string } | null {
    const isClient = form.get('client_id') === LOGIN.clientId;
    const isSecret = isClient && form.get('client_secret') === LOGIN.clientSecret;
    switch (form.get('grant_type')) {
      case 'password':
        return form.get('username') === LOGIN.userName &&
          (form.get('password') ?? '').startsWith(LOGIN.password)
          ? {}
          : null;
      case 'client_credentials':
        return isSecret ? {} : null;
      case 'authorization_code':
        return isClient && this.#redeem(form) ? { refresh: this.#newRefresh() } : null;
      case 'refresh_token': {
        // Refresh tokens rotate: the one that was used is worth nothing afterwards.
        const known = this.#refresh.delete(form.get('refresh_token') ?? '');
        return isClient && known ? { refresh: this.#newRefresh() } : null;
      }
      case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
        return isAssertion(form.get('assertion') ?? '') ? {} : null;
      default:
        return null;
    }
  }

  #newRefresh(): string {
    const token = `5Aep${randomBytes(48).toString('base64url')}`;
    this.#refresh.add(token);
    return token;
  }

  #redeem(form: URLSearchParams): boolean {
    const code = this.#codes.get(form.get('code') ?? '');
    this.#codes.delete(form.get('code') ?? '');
    if (code?.redirect !== form.get('redirect_uri')) return false;
    if (code.challenge === null) return form.get('client_secret') === LOGIN.clientSecret;
    return (
      createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url') === code.challenge
    );
  }

  userInfo(url: string): RestAnswer {
    const { organization, admin } = this.#org;
    return {
      status: 200,
      body: {
        sub: `${url}/id/${organization.id}/${admin.id}`,
        user_id: admin.id,
        organization_id: organization.id,
        preferred_username: admin.userName,
        nickname: admin.userName,
        name: admin.name,
        given_name: admin.firstName,
        family_name: admin.lastName,
        email: admin.email,
        email_verified: true,
        zoneinfo: admin.timeZone,
        locale: admin.locale,
        language: admin.language,
        user_type: 'STANDARD',
        active: true,
      },
    };
  }
}

/** The claims of a JWT are checked; whose key signed it is not, since the org holds no certificate of a client. */
function isAssertion(assertion: string): boolean {
  const [, payload = ''] = assertion.split('.');
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
    const { iss, sub, exp } = claims;
    return (
      iss === LOGIN.clientId && sub === LOGIN.userName && typeof exp === 'number' && exp * 1000 > Date.now()
    );
  } catch {
    return false;
  }
}
