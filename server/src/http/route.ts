import type { RequestHandler } from 'express';
import { z } from 'zod';
import { badRequest } from './problem.ts';

/** Who may call a route: anybody, the operator with the admin token, or a Salesforce org with a connection's token. */
export type Access = 'public' | 'admin' | 'plugin';

/** One endpoint: where it is, who may call it, and what it does. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly handler: RequestHandler;
}

/** Checks an input against its schema; undeclared members are refused, and every fault is named. */
export function validated<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) =>
    issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message,
  );
  throw badRequest('invalid-body', faults.join('; '));
}

/** A parameter of the path, which Express has matched. */
export function parameter(
  parameters: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): string {
  const value = parameters[name];
  if (typeof value !== 'string') throw badRequest('invalid-path', `${name} is missing`);
  return value;
}
