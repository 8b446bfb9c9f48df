import type { LocalOrg } from '../org.ts';
import type { ObjectSchema } from '../database/schema.ts';
import { RestError } from './json-records.ts';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The body as it came. */
  readonly text: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface RestAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a resource is given: the request, and what stands in the variable parts of its path. */
export interface ResourceContext {
  readonly org: LocalOrg;
  readonly request: RestRequest;
  readonly version: string;
  readonly parts: readonly string[];
}

export type Handler = (context: ResourceContext) => RestAnswer;

/** The object of a path; a RestError where there is none. */
export function objectNamed(org: LocalOrg, name: string): ObjectSchema {
  const object = org.schema.object(name);
  if (!object) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return object;
}
