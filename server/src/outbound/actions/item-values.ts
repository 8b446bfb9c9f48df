import { z } from 'zod';
import { undoesOptOut } from '../engine/opt-outs.ts';

/** Between places of a path, of which the first that holds something is meant. */
const OR = ' || ';
const PLACE = /^[^.\s][^.]*(?:\.[^.]+)*$/;
/** The item itself; as the root of a place, as JSONPath has it, it says nothing. */
const ITEM = '$';

/** Where a value is in an item: `traits.address.city`, `items.0.sku`, `traits.email || properties.email`. */
export const path = z
  .string()
  .max(500)
  .regex(PLACE, 'names parted by dots')
  .refine((text) => text.split(OR).every((place) => PLACE.test(place)), 'places parted by ||')
  .meta({
    description:
      'Names parted by dots, as traits.email; of several places, parted by " || ", the first that holds something is meant. $ is the whole item.',
  });

/**
 * The value that a path leads to; undefined where it leads nowhere. Only what the item itself holds is seen. The last of
 * several places stands for whatever it holds, null too.
 */
export function valueAt(item: unknown, way: string): unknown {
  // A name with a dot in it, or whatever else, is taken whole where the item has it.
  if (isHolder(item) && Object.hasOwn(item, way)) return item[way];
  let value: unknown;
  for (const place of way.split(OR)) {
    value = valueIn(item, place);
    if (value !== undefined && value !== null) break;
  }
  return value;
}

function valueIn(item: unknown, place: string): unknown {
  if (place === ITEM) return item;
  const names = place.split('.');
  let value = item;
  for (const name of names[0] === ITEM ? names.slice(1) : names) {
    if (!isHolder(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Members of an object in an item, for the fields of their names. */
export interface Members {
  readonly values: Readonly<Record<string, unknown>>;
  /** Those that are not taken, with why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/**
 * What an object in an item has for fields: all that says something and that a field can hold. An opt-out is a person's word,
 * which nobody takes back by chance.
 */
export function membersAt(item: unknown, way: string): Members {
  const holder = valueAt(item, way);
  const values: Record<string, unknown> = {};
  const leftOut: Record<string, string> = {};
  if (!isHolder(holder) || Array.isArray(holder)) return { values, leftOut };
  for (const [name, value] of Object.entries(holder)) {
    if (value === null || value === undefined || name === '__proto__') continue;
    if (isHolder(value) && !Array.isArray(value)) leftOut[name] = 'object';
    else if (undoesOptOut(name, value)) leftOut[name] = 'undoes-opt-out';
    else values[name] = value;
  }
  return { values, leftOut };
}
