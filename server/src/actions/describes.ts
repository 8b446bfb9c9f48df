import type { SalesforceOrg } from '../salesforce/org.ts';
import { described, type DescribedObject } from './field-values.ts';

/** Milliseconds that a description is believed. A new field is known after that. */
const BELIEVED = 10 * 60_000;
/** Milliseconds that it is believed where it lacks a field: that may just have been created. */
const DOUBTED = 2 * 60_000;
/** Descriptions that are kept: some hundred fields each. */
const KEPT = 500;

/** Descriptions of orgs' objects, so that a batch does not cost a call for what hardly ever changes. */
export class Describes {
  readonly #known = new Map<string, { readonly at: number; readonly description: DescribedObject }>();

  /** An object of an org; `lacks` says that it seems to lack something. Throws SalesforceFault. */
  async find(org: SalesforceOrg, object: string, { lacks = false } = {}): Promise<DescribedObject> {
    const key = `${org.connectionId} ${object.toLowerCase()}`;
    const known = this.#known.get(key);
    if (known && Date.now() - known.at < (lacks ? DOUBTED : BELIEVED)) return known.description;
    const description = described(await org.describe(object));
    this.#known.delete(key);
    this.#known.set(key, { at: Date.now(), description });
    for (const oldest of this.#known.keys())
      if (this.#known.size > KEPT) this.#known.delete(oldest);
      else break;
    return description;
  }
}
