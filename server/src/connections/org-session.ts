import { say } from '../messages/message.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { persistently } from '../database/persistently.ts';
import type { SalesforceAddresses } from '../salesforce/addresses.ts';
import type { Session, SessionKeeper } from '../salesforce/api.ts';
import { isAuthorizationFault } from '../salesforce/faults.ts';
import { Grants, type ClientApp, type Granted } from '../salesforce/grants.ts';
import { SalesforceFault, type ApiUsage } from '../salesforce/org.ts';
import { passwordLogin } from '../salesforce/password-login.ts';
import type { Authorizations, OpenedAuthorization } from './authorizations.ts';
import type { Credentials } from './credentials.ts';

/** What sessions are renewed with. */
export interface LogIn {
  readonly addresses: SalesforceAddresses;
  readonly grants: Grants;
  /** The server's own app, for connections that have none. */
  readonly app: ClientApp | null;
}

/** Milliseconds between looks for the session that another one asks for, and how long to look. */
const LOOK = 200;
const PATIENCE = 90_000;
/** Milliseconds between two notes of the calls that are left. */
const USAGE_INTERVAL = 10_000;

/** The session of one connection, shared through the database by all that use it. */
export class OrgSession implements SessionKeeper {
  readonly #authorizations: Authorizations;
  readonly #logIn: LogIn;
  readonly #connectionId: string;
  #version: number;
  #session: Session | null;
  readonly #isTrial: boolean;
  #usageNoted = 0;

  /** @param options isTrial: a session is asked for although the authorization had failed */
  constructor(
    authorizations: Authorizations,
    logIn: LogIn,
    authorization: OpenedAuthorization,
    options: { readonly isTrial: boolean } = { isTrial: false },
  ) {
    this.#isTrial = options.isTrial;
    this.#authorizations = authorizations;
    this.#logIn = logIn;
    this.#connectionId = authorization.connectionId;
    this.#version = authorization.sessionVersion;
    this.#session = sessionOf(authorization);
  }

  async current(): Promise<Session> {
    return this.#session ?? (await this.renew(null));
  }

  /**
   * Refresh tokens rotate, and using one twice ends both: one copy of the server asks at a time, the others wait for what it
   * stores. No transaction is open while Salesforce is asked.
   */
  async renew(refused: Session | null): Promise<Session> {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      const known = await this.#authorizations.open(this.#connectionId);
      if (known === null || !(this.#isTrial || known.status === 'authorized')) throw notAuthorized(known);
      this.#version = known.sessionVersion;
      const session = sessionOf(known);
      if (session !== null && session.accessToken !== refused?.accessToken) return (this.#session = session);
      if (await this.#authorizations.claimRenewal(this.#connectionId, known.sessionVersion)) {
        const renewed = await this.#renewed(known);
        if (renewed !== null) return (this.#session = renewed);
      } else await pause(LOOK);
    }
    throw new SalesforceFault('retry', 'busy', say('work.logging-in'));
  }

  async usageSeen(usage: ApiUsage): Promise<void> {
    if (Date.now() - this.#usageNoted < USAGE_INTERVAL) return;
    this.#usageNoted = Date.now();
    // The call is done by now: that its count could not be noted must not look as if it had failed.
    await this.#authorizations.noteUsage(this.#connectionId, usage).catch(() => undefined);
  }

  async faultSeen(fault: SalesforceFault): Promise<void> {
    if (!isAuthorizationFault(fault)) return;
    const { code, message } = fault;
    const status = code === 'invalid_grant' ? 'revoked' : 'failed';
    await this.#authorizations.note(this.#connectionId, this.#version, { status, code, message });
  }

  /** Notes that calls work, where they had not. */
  async works(): Promise<void> {
    const state = { status: 'authorized', code: null, message: null } as const;
    await this.#authorizations.note(this.#connectionId, this.#version, state);
  }

  /** Null where the connection was authorized anew meanwhile: that session is the one to use. */
  async #renewed(known: OpenedAuthorization): Promise<Session | null> {
    const { connectionId, sessionVersion } = known;
    try {
      const { granted, credentials } = await logInAgain(this.#logIn, known);
      if (granted.organizationId !== known.organizationId)
        throw new SalesforceFault('stop', 'not-authorized-organization', say('work.another-org'));
      // The refresh token, before it is worth nothing any more.
      const isStored = await persistently(() =>
        this.#authorizations.storeSession(connectionId, sessionVersion, granted, credentials),
      );
      if (!isStored) return null;
      this.#version = sessionVersion + 1;
      return granted;
    } catch (error) {
      if (error instanceof SalesforceFault) await this.faultSeen(error);
      await this.#authorizations.releaseRenewal(connectionId, sessionVersion);
      throw error;
    }
  }
}

function sessionOf({ accessToken, instanceUrl }: OpenedAuthorization): Session | null {
  return accessToken === null ? null : { accessToken, instanceUrl };
}

/** Why nothing can be done for a connection. */
export function notAuthorized(
  authorization: Pick<OpenedAuthorization, 'statusMessage'> | null,
): SalesforceFault {
  return new SalesforceFault(
    'stop',
    'not-authorized',
    authorization?.statusMessage ?? say('work.not-authorized'),
  );
}

/** Logs in with what is kept; answers what is to be kept for the next time. */
async function logInAgain(
  { addresses, grants, app }: LogIn,
  { credentials, loginOrigin, clientId, userName }: OpenedAuthorization,
): Promise<{ granted: Granted; credentials: Credentials }> {
  switch (credentials.kind) {
    case 'web-server': {
      const ofConnection = credentials.app ?? app;
      if (ofConnection?.clientId !== clientId)
        throw new SalesforceFault('stop', 'invalid_client_id', say('work.another-app'));
      const granted = await grants.byRefreshToken(loginOrigin, ofConnection, credentials.refreshToken);
      return {
        granted,
        credentials: { ...credentials, refreshToken: granted.refreshToken ?? credentials.refreshToken },
      };
    }
    case 'jwt-bearer':
      return { granted: await grants.byJwt(loginOrigin, { ...credentials, userName }), credentials };
    case 'password':
      return {
        granted: await passwordLogin(addresses, loginOrigin, { ...credentials, userName }),
        credentials,
      };
  }
}
