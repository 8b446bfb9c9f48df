import fc from 'fast-check';
import type { History } from '../history.ts';

/** What kinds of acts can be left out of a simulation: each is a way in which the two sides meet. */
export const GROUPS = [
  /** Records created, changed, moved to other addresses, deleted and taken out of the recycle bin. */
  'records',
  /** Many of them in one transaction. */
  'bulk',
  /** Records merged in Salesforce. */
  'merges',
  /** Several records of one address. */
  'rivals',
  /** Leads that go into the contacts' table, and become contacts. */
  'leads',
  /** Rows of the project changed by SQL and by the API. */
  'edits',
  /** Rows that the project gives other addresses. */
  'addresses',
  /** Files into the project's table. */
  'imports',
  /** People of whom the project hears first. */
  'new-people',
  /** Pulls that somebody asks for. */
  'pulls',
  /** Comparisons of both sides, and differences that are healed. */
  'comparisons',
  /** What the org's own triggers make of values. */
  'automation',
  /** What people say by links and through the API. */
  'consent',
  /** Salespeople who tick and untick Email Opt Out. */
  'opt-outs',
  /** Connections that break, batches that come again and late. */
  'net',
  /** An org that is away, locked, without calls left. */
  'org-faults',
  /** Workers that stand still in a call, or die there. */
  'hangs',
  /** Integrations and transfers that an admin pauses. */
  'pauses',
  /** Copies of the server that start anew, sessions of the database that end. */
  'restarts',
] as const;
export type Group = (typeof GROUPS)[number];

/** Something that somebody does, or that happens; it is shown with what it was done with. */
export class Act {
  readonly name: string;
  readonly #parameters: object;
  readonly #perform: (history: History) => Promise<void>;

  constructor(name: string, parameters: object, perform: (history: History) => Promise<void>) {
    this.name = name;
    this.#parameters = parameters;
    this.#perform = perform;
  }

  perform(history: History): Promise<void> {
    return this.#perform(history);
  }

  [fc.toStringMethod](): string {
    return this.toString();
  }

  toString(): string {
    return `${this.name} ${JSON.stringify(this.#parameters)}`;
  }
}

/** A kind of act, as often as its weight says beside others. */
export interface ActKind {
  readonly group: Group | null;
  readonly weight: number;
  readonly acts: fc.Arbitrary<Act>;
}

/** @param group null where nothing would be left without it: time that goes by, work that is done */
export function actKind<P extends object>(
  name: string,
  { group, weight = 1 }: { readonly group: Group | null; readonly weight?: number },
  parameters: fc.Arbitrary<P>,
  perform: (history: History, parameters: P) => Promise<void>,
): ActKind {
  const acts = parameters.map((values) => new Act(name, values, (history) => perform(history, values)));
  return { group, weight, acts };
}

/** The one of several that a number means, however many there are; undefined where there is none. */
export function pick<T>(from: readonly T[], number: number): T | undefined {
  return from.length === 0 ? undefined : from[number % from.length];
}

/** A number that `pick` is given. */
export const anyOne = fc.nat({ max: 11 });
