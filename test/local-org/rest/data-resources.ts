import { standardObjectNames } from '../database/standard-schema.ts';
import type { LocalOrg } from '../org.ts';
import { mayUseObject } from '../execution/permissions.ts';
import { executeAnonymous } from './anonymous.ts';
import { bulkResource } from './bulk.ts';
import {
  collection,
  deleteCollection,
  retrieveCollection,
  upsertCollection,
} from './collection-resources.ts';
import { composite, compositeBatch, compositeTree } from './composite.ts';
import { cancelDeploy, deploy, deployStatus } from './deploy-resources.ts';
import { describeObject, describeSummary } from './describe.ts';
import { RestError } from './json-records.ts';
import { query, queryMore, search } from './query-resources.ts';
import {
  create,
  remove,
  removeByKey,
  retrieve,
  retrieveByKey,
  setPassword,
  update,
  upsert,
} from './record-resources.ts';
import {
  objectFor,
  type Handler,
  type ResourceContext,
  type RestAnswer,
  type RestRequest,
} from './resource.ts';
import { refuseMissingVersion } from './versions.ts';

const ROUTES: readonly (readonly [method: string, pattern: RegExp, handler: Handler])[] = [
  ['GET', /^sobjects$/, listObjects],
  ['GET', /^sobjects\/(\w+)\/describe$/, describe],
  ['POST', /^sobjects\/(\w+)$/, create],
  ['GET', /^sobjects\/(\w+)\/(\w{15}(?:\w{3})?)$/, retrieve],
  ['PATCH', /^sobjects\/(\w+)\/(\w{15}(?:\w{3})?)$/, update],
  ['DELETE', /^sobjects\/(\w+)\/(\w{15}(?:\w{3})?)$/, remove],
  ['POST', /^sobjects\/User\/(\w{15,18})\/password$/, setPassword],
  ['PATCH', /^sobjects\/(\w+)\/(\w+)\/(.+)$/, upsert],
  ['GET', /^sobjects\/(\w+)\/(\w+)\/(.+)$/, retrieveByKey],
  ['DELETE', /^sobjects\/(\w+)\/(\w+)\/(.+)$/, removeByKey],
  ['GET', /^query$/, query],
  ['GET', /^queryAll$/, query],
  ['GET', /^query\/([\w-]+)$/, queryMore],
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
  ['POST', /^metadata\/deployRequest$/, deploy],
  ['GET', /^metadata\/deployRequest\/(\w+)$/, deployStatus],
  ['PATCH', /^metadata\/deployRequest\/(\w+)$/, cancelDeploy],
  ['GET', /^tooling\/executeAnonymous$/, executeAnonymous],
  ['GET', /^tooling\/query$/, query],
];

/** Every resource below /services/data/vXX.X. */
export function dataResources(org: LocalOrg, request: RestRequest): RestAnswer {
  const versioned = /^\/services\/data\/(v\d+\.\d)\/?(.*)$/.exec(request.path);
  if (!versioned) throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
  const [, version = '', rest = ''] = versioned;
  refuseMissingVersion(request.host.settings, version);
  if (rest === '')
    return {
      status: 200,
      body: {
        identity: `${request.host.url}/id/${org.organization.id}/${request.user.id}`,
        sobjects: `/services/data/${version}/sobjects`,
        query: `/services/data/${version}/query`,
        composite: `/services/data/${version}/composite`,
        limits: `/services/data/${version}/limits`,
      },
    };
  if (rest.startsWith('jobs/')) return bulkResource(request, version, rest.replace(/\/$/, ''));
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

function listObjects({ org, request, version }: ResourceContext): RestAnswer {
  const names = new Set([
    ...standardObjectNames(),
    ...[...org.schema.objects.values()].map((object) => object.name),
  ]);
  const holder = { org, user: request.user };
  return {
    status: 200,
    body: {
      encoding: 'UTF-8',
      maxBatchSize: 200,
      sobjects: [...names].flatMap((name) => {
        const object = org.schema.object(name);
        return object && mayUseObject(object, 'Read', holder)
          ? [describeSummary(object, version, holder)]
          : [];
      }),
    },
  };
}

function describe({ org, request, version, parts }: ResourceContext): RestAnswer {
  const object = objectFor(request, parts[0] ?? '');
  return { status: 200, body: describeObject(object, version, { org, user: request.user }) };
}

function limits({ org, request }: ResourceContext): RestAnswer {
  const most = request.host.settings.dailyApiRequests;
  return {
    status: 200,
    body: {
      DailyApiRequests: { Max: most, Remaining: Math.max(0, most - org.counters.apiCalls) },
      DailyAsyncApexExecutions: { Max: 250_000, Remaining: 250_000 },
    },
  };
}
