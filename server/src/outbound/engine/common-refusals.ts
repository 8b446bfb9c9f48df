import { isDeepStrictEqual } from 'node:util';
import type { DescribeCache } from '../../salesforce/describe-cache.ts';
import { SalesforceFault, type OrgObject, type SalesforceOrg } from '../../salesforce/org.ts';
import { refusalByCall, type RecordRefusal } from '../../salesforce/refusals.ts';

/** Nothing of a producer can be written until a person changes the org or the producer: what waits, waits. */
export class ProducerStopped extends Error {
  override readonly name = 'ProducerStopped';
  /** Salesforce's status code. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** An object is something else than it was described as when the writes were planned: they are planned once more. */
export class DescriptionChanged extends Error {
  override readonly name = 'DescriptionChanged';
}

/** What a producer says of an object as it is now. */
export interface CommonRefusals {
  readonly org: SalesforceOrg;
  readonly descriptions: DescribeCache;
  readonly object: string;
  /** What the writes were planned with; null where nothing was known. */
  readonly plannedWith: OrgObject | null;
  /** Why none of the producer's records can be written, to an object or where there is none; null where they can. */
  readonly obstacle: (object: OrgObject | null) => string | null;
}

/**
 * Judges refusals that may concern all records of a producer: those of the object's fields and rights are believed only
 * where describe agrees. One judge stands for one plan; what it has judged once it does not ask again.
 */
export class CommonRefusalJudge {
  readonly #about: CommonRefusals;
  #isJudged = false;

  constructor(about: CommonRefusals) {
    this.#about = about;
  }

  /** Judges a call that reads, refused as a whole: returns where it does not speak of the object. Throws as `judge` does. */
  async judgeCall(fault: SalesforceFault): Promise<void> {
    const refusal = refusalByCall(fault);
    if (refusal.isOfDescription) await this.judge(refusal);
  }

  /** Returns where the refusal is the records' own. Throws ProducerStopped, DescriptionChanged and SalesforceFault. */
  async judge(refusal: RecordRefusal): Promise<void> {
    if (!refusal.isOfDescription) throw new ProducerStopped(refusal.code, refusal.stopMessage);
    if (this.#isJudged) return;
    this.#isJudged = true;
    const { plannedWith, obstacle } = this.#about;
    const object = await this.#describedNow();
    const reason = obstacle(object);
    if (reason !== null) throw new ProducerStopped(refusal.code, reason);
    if (!isDeepStrictEqual(object, plannedWith)) throw new DescriptionChanged();
  }

  /** Null where there is no such object any more. */
  async #describedNow(): Promise<OrgObject | null> {
    const { org, descriptions, object } = this.#about;
    try {
      return await descriptions.refresh(org, object);
    } catch (error) {
      if (error instanceof SalesforceFault && error.kind === 'give-up') return null;
      throw error;
    }
  }
}
