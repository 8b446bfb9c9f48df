import type { z } from 'zod';
import { boundsFault } from './input-bounds.ts';
import { badRequest } from './problem.ts';

/** Faults of one input that are named. */
const NAMED_FAULTS = 20;

/** Checks an input against its schema; undeclared members are refused, and the first faults are named. */
export function validated<T>(schema: z.ZodType<T>, input: unknown, code = 'invalid-body'): T {
  const unbounded = boundsFault(schema, input);
  if (unbounded) throw badRequest(unbounded.code === 'too-many' ? code : unbounded.code, located(unbounded));
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw badRequest(code, parsed.error.issues.slice(0, NAMED_FAULTS).map(located).join('; '));
}

function located({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  return path.length > 0 ? `${written(path)}: ${message}` : message;
}

/** A path as programmers write it: `upserts[0].id`. */
function written(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
}
