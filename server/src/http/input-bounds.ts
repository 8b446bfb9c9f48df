import { z } from 'zod';
import { isStorable } from '../database/storable.ts';

/** What is wrong with an input before its schema has read it, and where. */
export interface BoundsFault {
  readonly code: 'too-many' | 'invalid-character';
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type Check = (input: unknown) => BoundsFault | null;

const compiled = new WeakMap<z.core.$ZodType, Check | null>();

/**
 * Finds a list or an object with more entries than its schema allows, and a text that the database does not store. A schema
 * reads every entry, and notes a fault for each, before it counts them: a few kilobytes that unpack to a million entries
 * would hold the server for half a minute. Texts are looked at here so that no schema has to remember it; values that a
 * schema leaves open (`unknown`) are left to whoever reads them. Null where all is well.
 */
export function boundsFault(schema: z.core.$ZodType, input: unknown): BoundsFault | null {
  return checkOf(schema)?.(input) ?? null;
}

/** The check of a schema, made once; null where there is nothing to check. */
function checkOf(schema: z.core.$ZodType): Check | null {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const check = compile(schema);
  compiled.set(schema, check);
  return check;
}

function compile(schema: z.core.$ZodType): Check | null {
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return text;
  if (schema instanceof z.ZodArray) return list(schema);
  if (schema instanceof z.ZodTuple) return tuple(schema);
  if (schema instanceof z.ZodObject) return members(schema);
  if (schema instanceof z.ZodRecord) return record(schema);
  if (schema instanceof z.ZodUnion) return alternatives(schema);
  if (schema instanceof z.ZodPipe) return checkOf(schema.in);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodReadonly
  )
    return checkOf(schema.def.innerType);
  return null;
}

const text: Check = (input) =>
  typeof input !== 'string' || isStorable(input)
    ? null
    : {
        code: 'invalid-character',
        path: [],
        message: 'holds a NUL character or an unpaired surrogate (invalid Unicode)',
      };

function list(schema: z.ZodArray): Check {
  const most = maximumOf(schema);
  const entry = checkOf(schema.element);
  return (input) => {
    if (!Array.isArray(input)) return null;
    if (input.length > most) return tooMany(input.length, most);
    return entry && firstFault(input, entry);
  };
}

function tuple(schema: z.ZodTuple): Check {
  const checks = schema.def.items.map(checkOf);
  return (input) => {
    if (!Array.isArray(input)) return null;
    return firstFault(input.slice(0, checks.length), (value, place) => checks[place]?.(value) ?? null);
  };
}

function members(schema: z.ZodObject): Check {
  const checks = Object.entries<z.core.$ZodType>(schema.shape).flatMap(([name, member]) => {
    const check = checkOf(member);
    return check ? [[name, check] as const] : [];
  });
  const most = mostMembers(schema);
  return (input) => {
    if (!isObject(input)) return null;
    const size = most === null ? 0 : Object.keys(input).length;
    if (most !== null && size > most) return tooMany(size, most);
    for (const [name, check] of checks) {
      const fault = check(input[name]);
      if (fault) return { ...fault, path: [name, ...fault.path] };
    }
    return null;
  };
}

function record(schema: z.ZodRecord): Check {
  const most = mostMembers(schema) ?? Infinity;
  const name = checkOf(schema.keyType);
  const value = checkOf(schema.valueType);
  return (input) => {
    if (!isObject(input)) return null;
    const names = Object.keys(input);
    if (names.length > most) return tooMany(names.length, most);
    for (const each of names) {
      const fault = name?.(each) ?? value?.(input[each]);
      if (fault) return { ...fault, path: [each.toWellFormed().replaceAll('\0', '\uFFFD'), ...fault.path] };
    }
    return null;
  };
}

/** Of alternatives that a literal tells apart, the one that is meant; others have the same bounds for the same member. */
function alternatives(schema: z.ZodUnion): Check {
  return (input) => {
    for (const option of schema.options) {
      if (!isMeant(option, input)) continue;
      const fault = checkOf(option)?.(input);
      if (fault) return fault;
    }
    return null;
  };
}

function isMeant(option: z.core.$ZodType, input: unknown): boolean {
  if (!(option instanceof z.ZodObject) || !isObject(input)) return true;
  return Object.entries(option.shape).every(
    ([name, member]) => !(member instanceof z.ZodLiteral) || member.safeParse(input[name]).success,
  );
}

function firstFault(
  values: readonly unknown[],
  check: (value: unknown, place: number) => BoundsFault | null,
): BoundsFault | null {
  for (const [place, value] of values.entries()) {
    const fault = check(value, place);
    if (fault) return { ...fault, path: [place, ...fault.path] };
  }
  return null;
}

/** Entries that a list may have. One without a maximum is a fault of the contract, which a test finds. */
function maximumOf(schema: z.ZodArray): number {
  const maxima = (schema.def.checks ?? []).flatMap((check) =>
    check instanceof z.core.$ZodCheckMaxLength ? [check._zod.def.maximum] : [],
  );
  return Math.min(Infinity, ...maxima);
}

/** Members that an object may have, as its description says; null where its schema names them all. */
function mostMembers(schema: z.core.$ZodType): number | null {
  const most: unknown = z.globalRegistry.get(schema)?.maxProperties;
  return typeof most === 'number' ? most : null;
}

function tooMany(size: number, most: number): BoundsFault {
  return { code: 'too-many', path: [], message: `has ${size} entries; ${most} are the most` };
}

function isObject(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
