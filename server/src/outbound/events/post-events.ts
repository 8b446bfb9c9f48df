import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { badRequest, Problem } from '../../http/problem.ts';
import type { RateLimits } from '../../http/rate-limits.ts';
import { ANYBODY, anybody, openEndpoint, type Route } from '../../api/route.ts';
import { checkOrigin, crossOrigin } from './cross-origin.ts';
import { compileSorter, EVENT_LIMIT } from './sort-events.ts';
import { sourceOfKey, type OpenedSource } from './sources.ts';
import { storeEvents } from './store-events.ts';
import { isObject } from './traits.ts';

/** Bytes of a batch, and of one event, as RudderStack takes them. */
const BATCH_LIMIT = 4_000_000;
const EVENTS = 5000;
/** Bytes of what Segment's library for pages sends at once. */
const PAGE_LIMIT = 512_000;
/** Members of an object in an event: its characters hold no more. */
const MEMBERS = 8000;

const count = z.int().min(0);
const answer = z.object({
  accepted: count.meta({ description: 'Stored; what becomes of them is in the source’s events' }),
  ignored: count.meta({
    description: 'Not for Salesforce: a type that nothing is bound to, or not asked for by name',
  }),
  duplicates: count.meta({ description: 'Messages that came before' }),
  refused: z.array(z.object({ index: z.int(), code: z.string(), message: z.string() })),
});

/** Events as the libraries of RudderStack and Segment send them; what else they hold is kept, and not looked at. */
const text = z.string().max(EVENT_LIMIT);
const values = z.record(text, z.unknown()).meta({ maxProperties: MEMBERS });
const event = z
  .looseObject({
    type: text.optional(),
    userId: z.union([text, z.number()]).nullish(),
    anonymousId: z.union([text, z.number()]).nullish(),
    messageId: text.nullish(),
    traits: values.nullish(),
    context: values.nullish(),
    integrations: values.nullish(),
  })
  .meta({ maxProperties: MEMBERS });
const batch = z
  .looseObject({
    batch: z.array(z.unknown()).min(1).max(EVENTS),
    context: values.nullish(),
    integrations: values.nullish(),
  })
  .meta({ maxProperties: MEMBERS });

/** Where no header can say it. */
const writeKey = z.string().max(500);
const inQuery = z.object({ writeKey: writeKey.optional() });
const ofPage = { writeKey: writeKey.optional() };

/** What events are taken with. */
export interface Reception {
  readonly knex: Knex;
  readonly limits: RateLimits;
  /** Has the queues looked at. */
  readonly wake: () => void;
}

/** Endpoints that events come in by. */
export function eventEndpoints(reception: Reception): Route[] {
  return [
    ...TYPES.flatMap((type) => [one(reception, type), oneOfPage(reception, type)]),
    many(reception),
    manyOfPage(reception),
    beacon(reception),
    ofLibrary(),
  ].flatMap(crossOrigin);
}

/** What the libraries of RudderStack and Segment send by itself: their usual snippet calls page on every view. */
const TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;
type EventType = (typeof TYPES)[number];

const SUMMARIES: Readonly<Partial<Record<EventType, string>>> = {
  identify: 'Takes who somebody is, for the org of the write key’s source',
  track: 'Takes what somebody did, for the actions bound to it',
  group: 'Takes which company somebody is of, for the actions bound to it',
};

function one(reception: Reception, type: EventType): Route {
  return openEndpoint({
    method: 'post',
    path: `/v1/${type}`,
    access: 'public',
    tag: 'Events',
    summary: SUMMARIES[type] ?? `Counts a ${type} event as ignored: it has nothing for Salesforce`,
    description:
      'The body is RudderStack’s. The write key is the user name of Basic authorization, with an empty password. An identify call is for Salesforce only with integrations.Salesforce set to true; it is stored before the answer, once for a messageId.',
    authenticate: (request) => sourceOf(reception, request, userNameOf(request)),
    body: event,
    answer: { schema: answer },
    handle: ({ caller, body, response }) => takeOne(reception, caller, type, body, response),
  });
}

function many(reception: Reception): Route {
  return openEndpoint({
    method: 'post',
    path: '/v1/batch',
    access: 'public',
    tag: 'Events',
    summary: 'Takes up to 5,000 events of any types, each for itself',
    description:
      'As /v1/identify. An event that is refused stops none of its neighbours, and is named by its place. Members context and integrations of the batch stand in for those that an event does not have.',
    authenticate: (request) => sourceOf(reception, request, userNameOf(request)),
    accountOf,
    body: batch,
    bodyLimit: BATCH_LIMIT,
    answer: { schema: answer },
    handle: ({ caller, body, response }) => takeMany(reception, caller, body, response),
  });
}

/** What the endpoints of Segment's library for pages have in common: who calls may be said in the body, which is short. */
const OF_PAGE = {
  access: 'public',
  tag: 'Events',
  description:
    'As Segment’s library for pages calls it: the write key is the member writeKey, and the body may be called text/plain. A key in the header or in the query is looked at before the body is read, and is the one that counts.',
  bodyKind: 'json-as-text',
  bodyLimit: PAGE_LIMIT,
  answer: { schema: answer },
} as const;

function oneOfPage(reception: Reception, type: EventType): Route {
  return openEndpoint({
    ...OF_PAGE,
    method: 'post',
    path: `/v1/${type.charAt(0)}`,
    summary: `Takes an event as /v1/${type} does`,
    query: inQuery,
    authenticate: (request) => namedSource(reception, request),
    accountOf,
    body: event.extend(ofPage).meta({ maxProperties: MEMBERS }),
    handle: async ({ caller, body, request, response }) =>
      takeOne(
        reception,
        caller ?? (await sourceOf(reception, request, body.writeKey ?? '')),
        type,
        body,
        response,
      ),
  });
}

function manyOfPage(reception: Reception): Route {
  return openEndpoint({
    ...OF_PAGE,
    method: 'post',
    path: '/v1/b',
    summary: 'Takes events as /v1/batch does',
    query: inQuery,
    authenticate: (request) => namedSource(reception, request),
    accountOf,
    body: batch.extend(ofPage).meta({ maxProperties: MEMBERS }),
    handle: async ({ caller, body, request, response }) =>
      takeMany(
        reception,
        caller ?? (await sourceOf(reception, request, body.writeKey ?? '')),
        body,
        response,
      ),
  });
}

/** What RudderStack's library sends of a page that is being left, where it is told to use beacons: nothing but a text. */
function beacon(reception: Reception): Route {
  return openEndpoint({
    ...OF_PAGE,
    method: 'post',
    path: '/beacon/v1/batch',
    summary: 'Takes events as /v1/batch does, of pages that are being left',
    description:
      'As RudderStack’s library for pages calls it where it uses beacons: the write key is in the query, and the body is called text/plain.',
    query: z.object({ writeKey }),
    authenticate: (request) => sourceOf(reception, request, keyInQuery(request)),
    accountOf,
    body: batch,
    handle: ({ caller, body, response }) => takeMany(reception, caller, body, response),
  });
}

/** What libraries for pages tell of themselves, with no key: it would fail on every page, and is of no use here. */
function ofLibrary(): Route {
  return openEndpoint({
    method: 'post',
    path: '/v1/m',
    access: 'public',
    tag: 'Events',
    summary: 'Answers what libraries for pages tell of themselves; nothing of it is read or kept',
    bodyKind: 'stream',
    fileType: 'text/plain',
    answer: { status: 204 },
    authenticate: anybody,
    handle: () => Promise.resolve(undefined),
  });
}

async function takeOne(
  reception: Reception,
  source: OpenedSource,
  type: EventType,
  body: z.output<typeof event>,
  response: Response,
): Promise<z.output<typeof answer>> {
  const given = { ...body, type: body.type ?? type };
  if (given.type !== type)
    throw badRequest('wrong-type', `Send an event of type ${given.type} to its own path, or in a batch.`);
  const taken = await take(reception, source, [given]);
  const [refused] = taken.refused;
  if (refused) throw badRequest(refused.code, refused.message);
  response.once('finish', reception.wake);
  return taken;
}

async function takeMany(
  reception: Reception,
  source: OpenedSource,
  body: z.output<typeof batch>,
  response: Response,
): Promise<z.output<typeof answer>> {
  const events = body.batch.map((each) => (isObject(each) ? inherited(each, body) : each));
  const taken = await take(reception, source, events);
  response.once('finish', reception.wake);
  return taken;
}

function inherited(
  each: Record<string, unknown>,
  { context, integrations }: z.output<typeof batch>,
): Record<string, unknown> {
  return {
    ...each,
    ...(each.context == null && context != null ? { context } : {}),
    ...(each.integrations == null && integrations != null ? { integrations } : {}),
  };
}

async function take(
  { knex }: Reception,
  source: OpenedSource,
  events: readonly unknown[],
): Promise<z.output<typeof answer>> {
  const { queued, ignored, duplicates, refused } = compileSorter(source)(events);
  const stored = await storeEvents(knex, source.id, queued, ignored);
  const wanted = new Set(queued.map(({ event: place }) => place)).size;
  return {
    accepted: stored,
    ignored: [...ignored.values()].reduce((sum, each) => sum + each, 0),
    duplicates: duplicates + wanted - stored,
    refused: [...refused],
  };
}

/**
 * The source of a request's write key. Throws a 401 problem, a 403 one for a page of another site, and a 429 one: for a
 * source that sends too often, and for who tries too many wrong keys.
 */
async function sourceOf({ knex, limits }: Reception, request: Request, key: string): Promise<OpenedSource> {
  const source = await sourceOfKey(knex, key);
  if (source) {
    checkOrigin(source, request.headers.origin);
    await limits.events(source.id);
    return source;
  }
  await limits.wrongKey(request.ip ?? '');
  throw new Problem(
    401,
    'invalid-write-key',
    'Not authorized',
    'Send a source’s write key: as the user name of Basic authorization, with an empty password, or as writeKey where a library for pages calls.',
    { headers: { 'WWW-Authenticate': 'Basic realm="write key"' } },
  );
}

/** The source of a key that is known before the body; null where the body has to tell it. */
function namedSource(reception: Reception, request: Request): Promise<OpenedSource | null> {
  const key = userNameOf(request) || keyInQuery(request);
  return key === '' ? Promise.resolve(null) : sourceOf(reception, request, key);
}

const accountOf = (source: OpenedSource | null): string => source?.id ?? ANYBODY;

const keyInQuery = ({ query }: Request): string => inQuery.safeParse(query).data?.writeKey ?? '';

/** RFC 7617: user name and password in base64, parted by the first colon. */
function userNameOf({ headers: { authorization = '' } }: Request): string {
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? [];
  return Buffer.from(encoded, 'base64').toString('utf8').split(':')[0] ?? '';
}
