import { badRequest } from '../../http/problem.ts';
import { z } from 'zod';
import type { Activity } from './activity-schema.ts';

/** Where reading stands in each source, by its name: the last entry that was shown. */
const placesSchema = z.record(
  z.string().max(20),
  z.tuple([z.string().max(40), z.string().regex(/^[\w-]{1,40}$/)]),
);
export type Place = readonly [at: string, id: string];
export type Places = Readonly<Record<string, Place>>;

/** Where a source goes on, and how many entries it reads. */
export interface Page {
  readonly place: Place | undefined;
  readonly limit: number;
}

/** An entry, and where its source goes on after it. */
export interface Placed {
  readonly entry: Activity;
  readonly place: Place;
}

/** Reads the cursor of a page. Throws a 400 problem for what is none. */
export function placesOf(after: string | undefined): Places {
  if (after === undefined) return {};
  try {
    return placesSchema.parse(JSON.parse(Buffer.from(after, 'base64url').toString()));
  } catch {
    throw badRequest('invalid-query', 'after is not what a page before has answered as next.');
  }
}

/**
 * The latest entries of several sources, each in its own order, and the cursor of what comes after them; null where that is
 * nothing.
 */
export function mergedPage(
  sources: Readonly<Record<string, readonly Placed[]>>,
  places: Places,
  limit: number,
): { readonly entries: Activity[]; readonly next: string | null } {
  const left = new Map(Object.entries(sources).map(([name, placed]) => [name, [...placed]]));
  const reached: Record<string, Place> = { ...places };
  const entries: Activity[] = [];
  for (let name = latest(left); name !== null; name = latest(left)) {
    if (entries.length === limit)
      return { entries, next: Buffer.from(JSON.stringify(reached)).toString('base64url') };
    const taken = left.get(name)?.shift();
    if (!taken) break;
    entries.push(taken.entry);
    reached[name] = taken.place;
  }
  return { entries, next: null };
}

/** The source whose next entry is the latest; null where none has any. */
function latest(left: ReadonlyMap<string, readonly Placed[]>): string | null {
  let found: { readonly name: string; readonly at: number } | null = null;
  for (const [name, [first]] of left) {
    const at = first === undefined ? -Infinity : Date.parse(first.entry.at);
    if (first !== undefined && (found === null || at > found.at)) found = { name, at };
  }
  return found?.name ?? null;
}
