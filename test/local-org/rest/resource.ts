import type { LocalOrg } from '../org.ts';
import { mayUseObject } from '../execution/permissions.ts';
import type { UserContext } from '../execution/transaction.ts';
import type { CallNature } from './faults.ts';
import type { OrgHost } from './host.ts';
import type { ObjectSchema } from '../database/schema.ts';
import { RestError } from './json-records.ts';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The body as it came. */
  readonly text: string;
  readonly bytes: Buffer;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whose session it comes with. */
  readonly user: UserContext;
  readonly host: OrgHost;
  /** What the call does, and to what. */
  readonly nature: CallNature;
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

/** The object of a path; a RestError where there is none, or none that the user may see. */
export function objectFor(request: RestRequest, name: string): ObjectSchema {
  const { org } = request.host;
  const object = org.schema.object(name);
  if (!object || !mayUseObject(object, 'Read', { org, user: request.user }))
    throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  return object;
}
