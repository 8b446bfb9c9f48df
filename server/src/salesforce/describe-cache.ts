import type { Knex } from 'knex';
import { SalesforceFault, type OrgObject, type SalesforceOrg } from './org.ts';
import { forgetObject, keepObject, keptObject } from './org-objects.ts';

/** Milliseconds that a description is believed. A new field is known after that. */
const BELIEVED_MS = 10 * 60_000;
/** Milliseconds that it is believed where it lacks a field: that may just have been created. */
const DOUBTED_MS = 2 * 60_000;
/** Descriptions that are kept in memory: some hundred fields each. */
const CACHE_SIZE = 500;

interface Described {
  readonly object: OrgObject;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Descriptions of orgs' objects, in memory and in the database for all copies of the server, so that a batch does not cost
 * a call for what hardly ever changes. Whoever is refused for something that a description should have told refreshes it.
 */
export class DescribeCache {
  readonly #knex: Knex;
  readonly #known = new Map<string, Described>();

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** An object of an org; `lacks` says that it seems to lack something. Throws SalesforceFault. */
  async find(org: SalesforceOrg, object: string, { lacks = false } = {}): Promise<OrgObject> {
    const oldest = Date.now() - (lacks ? DOUBTED_MS : BELIEVED_MS);
    const known = this.#known.get(keyOf(org.connectionId, object));
    if (known && known.at > oldest) return known.object;
    const kept = await keptObject(this.#knex, org.connectionId, object);
    if (!kept || kept.describedAt.getTime() <= oldest) return this.refresh(org, object);
    this.#remember(org.connectionId, object, { object: kept.object, at: kept.describedAt.getTime() });
    return kept.object;
  }

  /** Asks the org, even where a description is known. Throws SalesforceFault. */
  async refresh(org: SalesforceOrg, object: string): Promise<OrgObject> {
    this.#known.delete(keyOf(org.connectionId, object));
    const described = await this.#describe(org, object);
    await keepObject(this.#knex, org.connectionId, described);
    this.#remember(org.connectionId, object, { object: described, at: Date.now() });
    return described;
  }

  async #describe(org: SalesforceOrg, object: string): Promise<OrgObject> {
    try {
      return await org.describe(object);
    } catch (error) {
      if (error instanceof SalesforceFault && error.kind === 'give-up')
        await forgetObject(this.#knex, org.connectionId, object);
      throw error;
    }
  }

  #remember(connectionId: string, object: string, described: Described): void {
    const key = keyOf(connectionId, object);
    this.#known.delete(key);
    this.#known.set(key, described);
    for (const oldest of this.#known.keys())
      if (this.#known.size > CACHE_SIZE) this.#known.delete(oldest);
      else break;
  }
}

/** Salesforce does not mind the case of names. */
const keyOf = (connectionId: string, object: string): string => `${connectionId} ${object.toLowerCase()}`;
