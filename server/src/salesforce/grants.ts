import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { organizationId } from '../values/organization-id.ts';
import type { SalesforceAddresses } from './addresses.ts';
import type { CallSession } from './api.ts';
import { exchange } from './exchange.ts';
import { tokenFault } from './faults.ts';
import { SalesforceFault } from './org.ts';

/** An External Client App, or a Connected App, as the org knows it. */
export interface ClientApp {
  readonly clientId: string;
  readonly clientSecret: string | null;
}

/** What a log-in gave. */
export interface Granted extends CallSession {
  readonly organizationId: string;
  readonly userId: string;
  /** The refresh token to be used the next time; null where the log-in gave none. */
  readonly refreshToken: string | null;
}

const SCOPES = 'api refresh_token';
const TOKEN_PATH = '/services/oauth2/token';
/** Milliseconds. */
const PATIENCE = 30_000;
const LIMIT = 100_000;
/** Seconds that a signed token is good for; Salesforce takes no more than five minutes. */
const ASSERTION_LIFETIME = 180;

/** The address where a person allows the access. (OAuth 2.0 web-server flow, with PKCE) */
export function authorizeAddress(
  loginOrigin: string,
  app: ClientApp,
  request: { readonly redirect: string; readonly state: string; readonly challenge: string },
): string {
  const url = new URL('/services/oauth2/authorize', loginOrigin);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: request.redirect,
    scope: SCOPES,
    state: request.state,
    code_challenge: request.challenge,
    code_challenge_method: 'S256',
    // Whoever clicks sees which user and org it is for, though the browser is logged in to one.
    prompt: 'login consent',
  }).toString();
  return url.href;
}

/** Asks Salesforce for tokens. Every method throws SalesforceFault. */
export class Grants {
  readonly #addresses: SalesforceAddresses;

  constructor(addresses: SalesforceAddresses) {
    this.#addresses = addresses;
  }

  byCode(
    loginOrigin: string,
    app: ClientApp,
    given: { readonly code: string; readonly verifier: string; readonly redirect: string },
  ): Promise<Granted> {
    return this.#token(loginOrigin, {
      grant_type: 'authorization_code',
      code: given.code,
      code_verifier: given.verifier,
      redirect_uri: given.redirect,
      ...ofApp(app),
    });
  }

  /** Where refresh tokens rotate, the one used is worth nothing afterwards: the answer holds the next. */
  async byRefreshToken(loginOrigin: string, app: ClientApp, refreshToken: string): Promise<Granted> {
    const granted = await this.#token(loginOrigin, {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      ...ofApp(app),
    });
    return { ...granted, refreshToken: granted.refreshToken ?? refreshToken };
  }

  /** @param privateKey PEM, whose certificate the app in Salesforce knows */
  byJwt(
    loginOrigin: string,
    given: { readonly clientId: string; readonly userName: string; readonly privateKey: string },
  ): Promise<Granted> {
    const assertion = jwt.sign({}, given.privateKey, {
      algorithm: 'RS256',
      issuer: given.clientId,
      subject: given.userName,
      audience: loginOrigin,
      expiresIn: ASSERTION_LIFETIME,
    });
    return this.#token(loginOrigin, {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion,
    });
  }

  /** Gives a refresh token back, and the sessions made of it; where that does not work, it is left to the org. */
  async revoke(loginOrigin: string, refreshToken: string): Promise<void> {
    try {
      await exchange({
        method: 'POST',
        url: `${loginOrigin}/services/oauth2/revoke`,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token: refreshToken }).toString(),
        timeout: PATIENCE,
        limit: LIMIT,
      });
    } catch (error) {
      if (!(error instanceof SalesforceFault)) throw error;
    }
  }

  async #token(loginOrigin: string, form: Readonly<Record<string, string>>): Promise<Granted> {
    const answer = await exchange({
      method: 'POST',
      url: loginOrigin + TOKEN_PATH,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
      timeout: PATIENCE,
      limit: LIMIT,
    });
    if (answer.status !== 200) throw refusal(answer.status, answer.text);
    const parsed = tokenAnswer.safeParse(parsedJson(answer.text));
    if (!parsed.success)
      throw new SalesforceFault(
        'stop',
        'unexpected-answer',
        'The log-in was answered by something else than Salesforce.',
      );
    const { access_token: accessToken, refresh_token: refreshToken = null, instance_url, id } = parsed.data;
    const [organization = '', userId = ''] = new URL(id).pathname.split('/').slice(-2);
    return granted(this.#addresses, {
      accessToken,
      refreshToken,
      instance: instance_url,
      organization,
      userId,
    });
  }
}

/** Checks what a log-in answered: an address that is none of Salesforce's is never called. */
export function granted(
  addresses: SalesforceAddresses,
  answer: {
    readonly accessToken: string;
    readonly refreshToken: string | null;
    readonly instance: string;
    readonly organization: string;
    readonly userId: string;
  },
): Granted {
  const instanceUrl = addresses.instanceOrigin(answer.instance);
  const organization = organizationId(answer.organization);
  if (instanceUrl === null || organization === null)
    throw new SalesforceFault(
      'stop',
      'unexpected-answer',
      'The log-in was answered with an address or an organization that is none of Salesforce’s.',
    );
  const { accessToken, refreshToken, userId } = answer;
  return { accessToken, refreshToken, instanceUrl, organizationId: organization, userId };
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  instance_url: z.url(),
  id: z.url(),
});
const oauthError = z.object({ error: z.string(), error_description: z.string().catch('') });

function refusal(status: number, text: string): SalesforceFault {
  const { error, error_description: description } = oauthError.safeParse(parsedJson(text)).data ?? {
    error: `HTTP_${status}`,
    error_description: '',
  };
  return tokenFault(error, description, status);
}

function ofApp(app: ClientApp): Record<string, string> {
  return {
    client_id: app.clientId,
    ...(app.clientSecret === null ? {} : { client_secret: app.clientSecret }),
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
