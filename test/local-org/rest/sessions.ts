import { randomBytes } from 'node:crypto';
import type { LocalOrg } from '../org.ts';
import type { UserContext } from '../execution/transaction.ts';
import { LOGIN, type OrgSettings } from './settings.ts';

/** What an access token stands for. */
export interface Session {
  readonly token: string;
  readonly userId: string;
  readonly clientId: string | null;
  /** The authorization it came from, which takes it along when it is revoked. */
  readonly grant: Grant | null;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly endsAt: number;
}

/** A person's consent for an app: lives as long as its refresh token. */
export interface Grant {
  readonly userId: string;
  readonly clientId: string;
  refreshToken: string;
}

/** Access and refresh tokens that an org has given out, and the passwords of its users. */
export class Sessions {
  readonly #org: LocalOrg;
  readonly #settings: OrgSettings;
  readonly #sessions = new Map<string, Session>();
  readonly #grants = new Map<string, Grant>();
  readonly #passwords = new Map<string, string>();

  constructor(org: LocalOrg, settings: OrgSettings) {
    this.#org = org;
    this.#settings = settings;
    this.#passwords.set(org.admin.id, LOGIN.password);
  }

  open(userId: string, clientId: string | null, grant: Grant | null): Session {
    const issuedAt = Date.now();
    const session: Session = {
      token: `${this.#org.organization.id.slice(0, 15)}!${randomBytes(32).toString('base64url')}`,
      userId,
      clientId,
      grant,
      issuedAt,
      endsAt: issuedAt + this.#settings.sessionSeconds * 1000,
    };
    this.#sessions.set(session.token, session);
    return session;
  }

  /** The session of a token that is still good. */
  find(token: string): Session | undefined {
    const session = this.#sessions.get(token);
    return session && session.endsAt > Date.now() ? session : undefined;
  }

  grant(userId: string, clientId: string): Grant {
    const grant: Grant = { userId, clientId, refreshToken: newRefreshToken() };
    this.#grants.set(grant.refreshToken, grant);
    return grant;
  }

  findGrant(refreshToken: string): Grant | undefined {
    return this.#grants.get(refreshToken);
  }

  /** Gives a grant a new refresh token; the old one is worth nothing from then on. */
  rotate(grant: Grant): void {
    this.#grants.delete(grant.refreshToken);
    grant.refreshToken = newRefreshToken();
    this.#grants.set(grant.refreshToken, grant);
  }

  /** Takes back an access token, or a refresh token with the access tokens it brought; false for an unknown one. */
  revoke(token: string): boolean {
    const grant = this.#grants.get(token);
    if (!grant) return this.#sessions.delete(token);
    this.#grants.delete(token);
    for (const session of this.#sessions.values())
      if (session.grant === grant) this.#sessions.delete(session.token);
    return true;
  }

  /** Ends every session, as a time-out does; refresh tokens stay good. */
  expireAll(): number {
    const count = this.#sessions.size;
    this.#sessions.clear();
    return count;
  }

  /** Takes every consent back, as an administrator does in the set-up. */
  revokeAll(): number {
    const tokens = [...this.#grants.keys()];
    for (const token of tokens) this.revoke(token);
    return tokens.length;
  }

  setPassword(userId: string, password: string): void {
    this.#passwords.set(userId, password);
  }

  userNamed(userName: string): UserContext | undefined {
    const [row] = this.#org.store.findBy('User', 'Username', userName);
    return row?.get('isactive') === true ? this.#org.user(String(row.get('id'))) : undefined;
  }

  /** Whom a user name and a password let in: `token` where the password is right but not the security token after it. */
  logIn(userName: string, password: string): UserContext | 'token' | null {
    const user = this.userNamed(userName);
    const own = user ? this.#passwords.get(user.id) : undefined;
    if (!user || own === undefined || !password.startsWith(own)) return null;
    const { securityToken } = this.#settings;
    return securityToken === null || password === `${own}${securityToken}` ? user : 'token';
  }
}

const newRefreshToken = (): string => `5Aep${randomBytes(48).toString('base64url')}`;
