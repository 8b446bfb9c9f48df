import type { OrgHost } from './host.ts';
import type { CallNature } from './faults.ts';
import { bulkJobOf } from './bulk-jobs.ts';

type Finding = readonly [method: string, path: RegExp, operation: string];

/** Operations by method and path; the first that fits counts. The object stands in the first group, where one does. */
const FINDINGS: readonly Finding[] = [
  ['POST', /\/services\/oauth2\/token$/, 'token'],
  ['POST', /\/services\/Soap\/[uc]\//, 'login'],
  ['POST', /\/services\/Soap\/m\//, 'metadata'],
  ['GET', /\/(?:query|queryAll)(?:\/|$)/, 'query'],
  ['GET', /\/limits\/?$/, 'limits'],
  ['GET', /\/sobjects\/(\w+)\/describe\/?$/, 'describe'],
  ['POST', /\/metadata\/deployRequest\/?$/, 'deploy'],
  ['GET', /\/metadata\/deployRequest\/\w+/, 'status'],
  ['POST', /\/composite\/?$/, 'composite'],
  ['POST', /\/composite\/sobjects\/?$/, 'insert'],
  ['PATCH', /\/composite\/sobjects\/?$/, 'update'],
  ['DELETE', /\/composite\/sobjects\/?$/, 'delete'],
  ['PATCH', /\/composite\/sobjects\/(\w+)\/\w+\/?$/, 'upsert'],
  ['GET', /\/(?:composite\/)?sobjects\/(\w+)/, 'retrieve'],
  ['POST', /\/composite\/sobjects\/(\w+)\/?$/, 'retrieve'],
  ['POST', /\/sobjects\/(\w+)\/?$/, 'insert'],
  ['PATCH', /\/sobjects\/(\w+)\/\w{15}(?:\w{3})?\/?$/, 'update'],
  ['DELETE', /\/sobjects\/(\w+)\/\w{15}(?:\w{3})?\/?$/, 'delete'],
  ['PATCH', /\/sobjects\/(\w+)\/\w+\/.+/, 'upsert'],
  ['POST', /\/jobs\/ingest\/?$/, 'job'],
  ['POST', /\/jobs\/query\/?$/, 'query'],
  ['PUT', /\/jobs\/ingest\/\w+\/batches\/?$/, 'upload'],
  ['GET', /\/jobs\/\w+\/\w+\/\w+Results/i, 'results'],
  ['GET', /\/jobs\/\w+\/\w+/, 'status'],
];

/** What a call is: what it does, and to which object. */
export function callNature(host: OrgHost, method: string, path: string, body: unknown): CallNature {
  const found = FINDINGS.map(([verb, pattern, operation]) =>
    verb === method ? { match: pattern.exec(path), operation } : { match: null, operation },
  ).find((each) => each.match !== null);
  const job = bulkJobOf(host.org, path);
  // Closing a job is what does its work.
  if (job && method === 'PATCH') return { method, path, object: job.object, operation: job.operation };
  return {
    method,
    path,
    object: found?.match?.[1] ?? job?.object ?? objectOfBody(body),
    operation: found?.operation ?? 'other',
  };
}

function objectOfBody(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { object, records } = body as { object?: unknown; records?: unknown };
  if (typeof object === 'string') return object;
  const first: unknown = Array.isArray(records) ? records[0] : undefined;
  const type = (first as { attributes?: { type?: unknown } } | undefined)?.attributes?.type;
  return typeof type === 'string' ? type : null;
}
