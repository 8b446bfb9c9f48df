import type { DiConnect } from '../../scripts/demo/di-connect.ts';
import type { Salesforce } from '../../scripts/demo/salesforce.ts';
import type { Calls } from './calls.ts';

/** What loads work on. */
export interface Ground {
  readonly calls: Calls;
  readonly adminToken: string;
  /** For setting up and for looking at the end, while nothing goes wrong. */
  readonly di: DiConnect;
  readonly salesforce: Salesforce;
  readonly orgUrl: string;
}

/** Somebody who uses the product while things go wrong, and knows what must be right at the end. */
export interface Load {
  readonly name: string;
  /** Milliseconds between two acts. */
  readonly pause: number;
  /** Does one thing until it is done. */
  act(): Promise<void>;
  /** What is not as it must be, when all is calm again. */
  check(): Promise<string[]>;
}

let numbers = 0;

/** A name that no other act has: an idempotency key, a message's id. */
export function uniqueName(of: string): string {
  numbers += 1;
  return `${of}-${numbers}`;
}

/** Compares what there is with what must be, by key. Says the first differences, and how many there are. */
export function differences(
  what: string,
  wanted: ReadonlyMap<string, string>,
  found: readonly (readonly [string, string])[],
): string[] {
  const wrong: string[] = [];
  const seen = new Map<string, string>();
  for (const [key, value] of found) {
    if (seen.has(key)) wrong.push(`${what}: ${key} is there twice`);
    seen.set(key, value);
  }
  for (const [key, value] of wanted)
    if (seen.get(key) !== value)
      wrong.push(`${what}: ${key} is ${seen.get(key) ?? 'missing'} and must be ${value}`);
  for (const key of seen.keys()) if (!wanted.has(key)) wrong.push(`${what}: ${key} must not be there`);
  return wrong.length > 10 ? [...wrong.slice(0, 10), `${what}: ${wrong.length} differences`] : wrong;
}
