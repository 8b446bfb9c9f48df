import type { Configuration, IDToken, UserInfoResponse } from 'openid-client';
import type { SignOnSettings } from '../../process/sign-on-settings.ts';

/** What a provider says of somebody. */
export interface SignedOn {
  readonly issuer: string;
  /** What the provider calls them, for good. */
  readonly subject: string;
  readonly email: string | null;
  /** The provider has seen that the address is theirs. */
  readonly isEmailVerified: boolean;
  readonly name: string | null;
}

/** What is kept of a sign-on while somebody is at the provider. */
export interface SignOnSecrets {
  readonly state: string;
  readonly nonce: string;
  /** What proves that the code is used by whoever asked for it (RFC 7636). */
  readonly verifier: string;
}

const SCOPE = 'openid email profile';
/** Seconds that the provider is waited for. */
const TIMEOUT_SECONDS = 10;
/** Milliseconds that what a provider says of itself is kept: its keys are looked at again whenever one is not known. */
const KEPT_MS = 3_600_000;

/** A provider of OpenID Connect. Its library is loaded where there is one. */
export class SignOnProvider {
  readonly #settings: SignOnSettings;
  readonly #callback: string;
  #known: { readonly configuration: Promise<Configuration>; readonly until: number } | null = null;

  /** @param callback where the provider sends people back to */
  constructor(settings: SignOnSettings, callback: string) {
    this.#settings = settings;
    this.#callback = callback;
  }

  /** Secrets of a new sign-on. */
  async newSecrets(): Promise<SignOnSecrets> {
    const { randomNonce, randomPKCECodeVerifier, randomState } = await import('openid-client');
    return { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
  }

  /** Where somebody signs in at the provider. */
  async addressFor({ state, nonce, verifier }: SignOnSecrets): Promise<string> {
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await import('openid-client');
    const address = buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: this.#callback,
      scope: SCOPE,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return address.href;
  }

  /**
   * Whoever has come back, by what the provider signed: issuer, audience, time, nonce and signature are checked by the library,
   * and that the provider that answers is the one that was asked (RFC 9207). Throws what the library throws.
   *
   * @param query of the address that they came back to, with its question mark
   */
  async whoCameBack(query: string, { state, nonce, verifier }: SignOnSecrets): Promise<SignedOn> {
    const { authorizationCodeGrant, fetchUserInfo } = await import('openid-client');
    const configuration = await this.#configuration();
    const tokens = await authorizationCodeGrant(configuration, new URL(`${this.#callback}${query}`), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error('The provider sent no ID token.');
    // Providers may leave the address to a call of its own; the library checks that it tells of the same person.
    const told =
      claims.email === undefined
        ? await fetchUserInfo(configuration, tokens.access_token, claims.sub)
        : claims;
    return signedOn(claims, told);
  }

  /** What the provider says of itself; a failure is not kept. */
  async #configuration(): Promise<Configuration> {
    if (this.#known === null || this.#known.until < Date.now()) {
      const configuration = this.#discover();
      this.#known = { configuration, until: Date.now() + KEPT_MS };
      configuration.catch(() => (this.#known = null));
    }
    return this.#known.configuration;
  }

  async #discover(): Promise<Configuration> {
    const client = await import('openid-client');
    const { issuer, clientId, clientSecret } = this.#settings;
    const authentication = clientSecret === null ? client.None() : bySecret(client, clientSecret);
    return client.discovery(new URL(issuer), clientId, undefined, authentication, {
      timeout: TIMEOUT_SECONDS,
      execute: [
        // Without it the library trusts TLS alone for tokens that it fetches itself.
        client.enableNonRepudiationChecks,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- the settings let only this machine be asked so
        ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
      ],
    });
  }
}

type Library = typeof import('openid-client');

/** A secret goes as the provider takes it: in a header, unless it says that it takes none there. */
function bySecret(client: Library, secret: string): ReturnType<Library['None']> {
  const basic = client.ClientSecretBasic(secret);
  const post = client.ClientSecretPost(secret);
  return (server, metadata, body, headers) => {
    const taken = server.token_endpoint_auth_methods_supported;
    const isBasic = taken?.includes('client_secret_basic') ?? true;
    (isBasic ? basic : post)(server, metadata, body, headers);
  };
}

function signedOn(claims: IDToken, told: IDToken | UserInfoResponse): SignedOn {
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email: text(told.email)?.toLowerCase() ?? null,
    isEmailVerified: told.email_verified === true,
    name: text(told.name),
  };
}
