import type { LocalOrg } from '../org.ts';
import type { UserContext } from '../execution/transaction.ts';
import { Deployments } from '../deployment/deployments.ts';
import { Faults } from './faults.ts';
import type { AuthorizationCode } from './oauth.ts';
import { Sessions } from './sessions.ts';
import { defaultSettings, type ConnectedApp, type OrgSettings } from './settings.ts';

/** An org as it stands on the net: its address, who is logged in, its settings, its faults. */
export class OrgHost {
  readonly org: LocalOrg;
  readonly settings: OrgSettings = defaultSettings();
  readonly sessions: Sessions;
  readonly faults = new Faults();
  readonly deployments: Deployments;
  /** What `retrieve` has found, until it is asked for. */
  readonly retrieved = new Map<string, Readonly<Record<string, unknown>>>();
  readonly codes = new Map<string, AuthorizationCode>();
  /** Where the org answers; known once it listens. */
  url = '';

  constructor(org: LocalOrg) {
    this.org = org;
    this.deployments = new Deployments(org);
    this.sessions = new Sessions(org, this.settings);
  }

  /** Changes some settings; the others stay. */
  change(settings: Partial<OrgSettings>): void {
    Object.assign(this.settings, settings);
    const { id } = this.org.organization;
    const row = this.org.store.get('Organization', id);
    this.org.store.put('Organization', id, new Map(row).set('issandbox', this.settings.isSandbox));
    this.org.store.commit();
  }

  app(clientId: string): ConnectedApp | undefined {
    return this.settings.apps.find((each) => each.clientId === clientId);
  }

  /** Where the APIs of the org are, as identity answers say. */
  addresses(user: UserContext): Record<string, string> {
    const data = `${this.url}/services/data/v{version}`;
    return {
      enterprise: `${this.url}/services/Soap/c/{version}/${this.org.organization.id}`,
      partner: `${this.url}/services/Soap/u/{version}/${this.org.organization.id}`,
      metadata: `${this.url}/services/Soap/m/{version}/${this.org.organization.id}`,
      rest: `${data}/`,
      sobjects: `${data}/sobjects/`,
      query: `${data}/query/`,
      search: `${data}/search/`,
      profile: `${this.url}/${user.id}`,
    };
  }
}
