import { ConnectedOrg } from '../salesforce/connected-org.ts';
import type { SalesforceOrg, SalesforceOrgs } from '../salesforce/org.ts';
import type { Authorizations } from './authorizations.ts';
import { notAuthorized, OrgSession, type LogIn } from './org-session.ts';

/** The orgs of connections, each with the session that its authorization keeps. */
export class ConnectedOrgs implements SalesforceOrgs {
  readonly #authorizations: Authorizations;
  readonly #logIn: LogIn;

  constructor(authorizations: Authorizations, logIn: LogIn) {
    this.#authorizations = authorizations;
    this.#logIn = logIn;
  }

  async open(connectionId: string): Promise<SalesforceOrg> {
    const authorization = await this.#authorizations.open(connectionId);
    if (authorization?.status !== 'authorized') throw notAuthorized(authorization);
    return new ConnectedOrg(authorization, new OrgSession(this.#authorizations, this.#logIn, authorization));
  }

  /**
   * Opens an org although its authorization had failed, and notes that it works where it does: what a person asks for, since
   * a wrong password that is tried again and again locks the user out. Throws SalesforceFault.
   */
  async tryAgain(connectionId: string): Promise<SalesforceOrg> {
    const authorization = await this.#authorizations.open(connectionId);
    if (!authorization) throw notAuthorized(null);
    const session = new OrgSession(this.#authorizations, this.#logIn, authorization, { isTrial: true });
    const org = new ConnectedOrg(authorization, session);
    for await (const _page of org.query('SELECT Id FROM Organization LIMIT 1')) break;
    await session.works();
    return org;
  }
}
