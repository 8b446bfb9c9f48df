import type { Logger } from 'pino';
import type { ApiCallCounts } from '../salesforce/api-call-counts.ts';
import type { Caller } from '../salesforce/api.ts';
import { ConnectedOrg } from '../salesforce/connected-org.ts';
import { ConnectionCalls, type TroubleListener } from '../salesforce/connection-calls.ts';
import type { Producer, SalesforceOrg, SalesforceOrgs } from '../salesforce/org.ts';
import type { Authorizations, OpenedAuthorization } from './authorizations.ts';
import { notAuthorized, OrgSession, type LogIn } from './org-session.ts';

/** What calls of orgs are counted, told of and logged by. */
export interface CallRecords {
  readonly counts: ApiCallCounts;
  readonly troubles: TroubleListener;
  readonly logger: Logger;
}

/** The orgs of connections, each with the session that its authorization keeps. */
export class ConnectedOrgs implements SalesforceOrgs {
  readonly #authorizations: Authorizations;
  readonly #logIn: LogIn;
  readonly #records: CallRecords;
  readonly #calls = new Map<string, ConnectionCalls>();

  constructor(authorizations: Authorizations, logIn: LogIn, records: CallRecords) {
    this.#authorizations = authorizations;
    this.#logIn = logIn;
    this.#records = records;
  }

  async open(connectionId: string, producer: Producer, share?: number): Promise<SalesforceOrg> {
    const authorization = await this.#authorizations.open(connectionId);
    if (authorization?.status !== 'authorized') throw notAuthorized(authorization);
    const session = new OrgSession(this.#authorizations, this.#logIn, authorization);
    return new ConnectedOrg(authorization, session, this.#caller(authorization, producer, share));
  }

  /**
   * Opens an org although its authorization had failed, and notes that it works where it does: what a person asks for, since
   * a wrong password that is tried again and again locks the user out. Throws SalesforceFault.
   */
  async tryAgain(connectionId: string): Promise<SalesforceOrg> {
    const authorization = await this.#authorizations.open(connectionId);
    if (!authorization) throw notAuthorized(null);
    const session = new OrgSession(this.#authorizations, this.#logIn, authorization, { isTrial: true });
    const org = new ConnectedOrg(authorization, session, this.#caller(authorization, 'checks'));
    for await (const _page of org.query('SELECT Id FROM Organization LIMIT 1')) break;
    await session.works();
    return org;
  }

  /** All calls of a connection share one budget. */
  #caller(authorization: OpenedAuthorization, producer: Producer, share?: number): Caller {
    const { accountId, connectionId, apiShare, usage } = authorization;
    const { counts, troubles, logger } = this.#records;
    const calls =
      this.#calls.get(connectionId) ?? new ConnectionCalls({ accountId, connectionId }, counts, troubles);
    this.#calls.set(connectionId, calls);
    calls.share = apiShare;
    if (usage) calls.budget.learnFrom(usage, usage.seenAt.getTime());
    return { calls, producer, share, logger };
  }
}
