import { standardObjectNames } from '../database/standard-schema.ts';
import type { LocalOrg } from '../org.ts';
import { executeAnonymous } from './anonymous.ts';
import { callAuraMethod } from './aura.ts';
import { bulkResource } from './bulk.ts';
import {
  collection,
  deleteCollection,
  retrieveCollection,
  upsertCollection,
} from './collection-resources.ts';
import { composite, compositeBatch, compositeTree } from './composite.ts';
import { describeObject, describeSummary } from './describe.ts';
import { RestError } from './json-records.ts';
import { query, queryMore, search } from './query-resources.ts';
import { create, remove, retrieve, update, upsert } from './record-resources.ts';
import {
  objectNamed,
  type Handler,
  type ResourceContext,
  type RestAnswer,
  type RestRequest,
} from './resource.ts';

const ROUTES: readonly (readonly [method: string, pattern: RegExp, handler: Handler])[] = [
  ['GET', /^sobjects$/, listObjects],
  ['GET', /^sobjects\/(\w+)\/describe$/, describe],
  ['POST', /^sobjects\/(\w+)$/, create],
  ['GET', /^sobjects\/(\w+)\/(\w{15,18})$/, retrieve],
  ['PATCH', /^sobjects\/(\w+)\/(\w{15,18})$/, update],
  ['DELETE', /^sobjects\/(\w+)\/(\w{15,18})$/, remove],
  ['PATCH', /^sobjects\/(\w+)\/(\w+)\/(.+)$/, upsert],
  ['GET', /^query$/, query],
  ['GET', /^queryAll$/, query],
  ['GET', /^query\/(\w+)$/, queryMore],
  ['POST', /^composite\/sobjects$/, (context) => collection(context, 'insert')],
  ['PATCH', /^composite\/sobjects$/, (context) => collection(context, 'update')],
  ['DELETE', /^composite\/sobjects$/, deleteCollection],
  ['GET', /^composite\/sobjects\/(\w+)$/, retrieveCollection],
  ['POST', /^composite\/sobjects\/(\w+)$/, retrieveCollection],
  ['PATCH', /^composite\/sobjects\/(\w+)\/(\w+)$/, upsertCollection],
  ['POST', /^composite$/, ({ org, request }) => composite(org, dataResources, request)],
  ['POST', /^composite\/batch$/, ({ org, request }) => compositeBatch(org, dataResources, request)],
  [
    'POST',
    /^composite\/tree\/(\w+)$/,
    ({ org, request, version, parts }) => compositeTree(org, dataResources, request, parts[0] ?? '', version),
  ],
  ['GET', /^search$/, search],
  ['GET', /^limits$/, limits],
  ['GET', /^tooling\/executeAnonymous$/, executeAnonymous],
  ['GET', /^tooling\/query$/, query],
];

/** Every resource below /services/data/vXX.X, and the doors of the local org itself below /local. */
export function dataResources(org: LocalOrg, request: RestRequest): RestAnswer {
  if (request.path.startsWith('/local/')) return localResource(org, request);
  const versioned = /^\/services\/data\/(v\d+\.\d)\/?(.*)$/.exec(request.path);
  if (!versioned) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  const [, version = '', rest = ''] = versioned;
  if (rest === '')
    return {
      status: 200,
      body: {
        sobjects: `/services/data/${version}/sobjects`,
        query: `/services/data/${version}/query`,
        composite: `/services/data/${version}/composite`,
        limits: `/services/data/${version}/limits`,
      },
    };
  if (rest.startsWith('jobs/')) return bulkResource(org, request, version, rest.replace(/\/$/, ''));
  const matching = ROUTES.map(([method, pattern, handler]) => ({
    method,
    found: pattern.exec(rest.replace(/\/$/, '')),
    handler,
  })).filter((each) => each.found);
  const route = matching.find((each) => each.method === request.method);
  if (route?.found) return route.handler({ org, request, version, parts: route.found.slice(1) });
  if (matching.length > 0)
    throw new RestError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed.`);
  throw new RestError(404, 'NOT_FOUND', `The resource ${rest} is not served by the local org`);
}

function listObjects({ org, version }: ResourceContext): RestAnswer {
  const names = new Set([
    ...standardObjectNames(),
    ...[...org.schema.objects.values()].map((object) => object.name),
  ]);
  return {
    status: 200,
    body: {
      encoding: 'UTF-8',
      maxBatchSize: 200,
      sobjects: [...names].map((name) => describeSummary(objectNamed(org, name), version)),
    },
  };
}

function describe({ org, version, parts }: ResourceContext): RestAnswer {
  return { status: 200, body: describeObject(objectNamed(org, parts[0] ?? ''), version) };
}

function limits({ org }: ResourceContext): RestAnswer {
  return {
    status: 200,
    body: {
      DailyApiRequests: { Max: 15_000, Remaining: 15_000 - org.counters.apiCalls },
      DailyAsyncApexExecutions: { Max: 250_000, Remaining: 250_000 },
    },
  };
}

/** What a person or a test wants to know of the org that Salesforce would not tell: what waits, what was used. */
function localResource(org: LocalOrg, request: RestRequest): RestAnswer {
  if (request.path === '/local/status' && request.method === 'GET') {
    const limitsUsed = Object.fromEntries(
      [...org.highestUse].map(([kind, used]) => [kind, Object.fromEntries(used)]),
    );
    return {
      status: 200,
      body: { jobsWaiting: org.jobs.size, eventsWaiting: org.bus.size, ...org.counters, limitsUsed },
    };
  }
  const aura = /^\/local\/apex\/(\w+)\/(\w+)$/.exec(request.path);
  if (aura && request.method === 'POST')
    // Written here: an answer that is text alone would go out without its quotes.
    return {
      status: 200,
      body: JSON.stringify(callAuraMethod(org, aura[1] ?? '', aura[2] ?? '', request.body)),
    };
  throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
}
