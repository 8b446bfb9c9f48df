import { z } from 'zod';
import { callAuraMethod } from './aura.ts';
import { faultOrder } from './faults.ts';
import type { OrgHost } from './host.ts';
import { RestError } from './json-records.ts';
import type { RestAnswer, RestRequest } from './resource.ts';
import { defaultSettings, orgSettings } from './settings.ts';

/** What a door does, given the parts of the path that vary. */
type Door = (host: OrgHost, request: RestRequest, parts: readonly string[]) => unknown;

const DOORS: readonly (readonly [method: string, path: RegExp, door: Door])[] = [
  ['GET', /^\/local\/status$/, status],
  ['POST', /^\/local\/apex\/(\w+)\/(\w+)$/, apex],
  ['GET', /^\/local\/settings$/, ({ settings }) => settings],
  ['PATCH', /^\/local\/settings$/, changeSettings],
  ['DELETE', /^\/local\/settings$/, resetSettings],
  ['PUT', /^\/local\/api-usage$/, setUsage],
  ['POST', /^\/local\/faults$/, (host, { body }) => host.faults.add(read(faultOrder, body))],
  ['GET', /^\/local\/faults$/, (host) => ({ faults: host.faults.list() })],
  ['DELETE', /^\/local\/faults(?:\/(\d+))?$/, clearFaults],
  ['PUT', /^\/local\/denials$/, replaceDenials],
  ['GET', /^\/local\/denials$/, ({ org }) => ({ denials: org.access.denials })],
  ['POST', /^\/local\/sessions\/expire$/, (host) => ({ ended: host.sessions.expireAll() })],
  ['POST', /^\/local\/authorizations\/revoke$/, (host) => ({ revoked: host.sessions.revokeAll() })],
];

/** What a person or a test may ask of the org that Salesforce would not do: open to whoever reaches the org. */
export function localDoor(host: OrgHost, request: RestRequest): RestAnswer {
  for (const [method, pattern, door] of DOORS) {
    const found = method === request.method ? pattern.exec(request.path) : null;
    // Written here: an answer that is text alone would go out without its quotes.
    if (found) return { status: 200, body: JSON.stringify(door(host, request, found.slice(1)) ?? null) };
  }
  throw new RestError(404, 'NOT_FOUND', 'The requested resource does not exist');
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (!parsed.success) throw new RestError(400, 'INVALID_ARGUMENT', z.prettifyError(parsed.error));
  return parsed.data;
}

/** What waits, what was used. */
function status({ org }: OrgHost): unknown {
  const limitsUsed = Object.fromEntries(
    [...org.highestUse].map(([kind, used]) => [kind, Object.fromEntries(used)]),
  );
  return { jobsWaiting: org.jobs.size, eventsWaiting: org.bus.size, ...org.counters, limitsUsed };
}

function apex({ org }: OrgHost, { body }: RestRequest, [className = '', method = '']: readonly string[]) {
  return callAuraMethod(org, className, method, body);
}

function changeSettings(host: OrgHost, { body }: RestRequest): unknown {
  const changed = read(orgSettings.partial(), body);
  host.change(changed);
  return host.settings;
}

function resetSettings(host: OrgHost): unknown {
  host.change(defaultSettings());
  return host.settings;
}

/** Sets how many API calls the org has counted, `{"used": 14990}`. */
function setUsage({ org }: OrgHost, { body }: RestRequest): unknown {
  org.counters.apiCalls = read(z.strictObject({ used: z.int().min(0) }), body).used;
  return { used: org.counters.apiCalls };
}

function clearFaults(host: OrgHost, _request: RestRequest, [id]: readonly (string | undefined)[]): unknown {
  host.faults.clear(id === undefined ? undefined : Number(id));
  return { faults: host.faults.list() };
}

const denials = z.strictObject({
  denials: z.array(
    z.strictObject({
      user: z.string().nullable().default(null),
      object: z.string(),
      field: z.string().nullable().default(null),
      rights: z.array(z.enum(['Read', 'Create', 'Edit', 'Delete'])).min(1),
    }),
  ),
});

/** Takes rights from users, in place of those that were taken before. */
function replaceDenials({ org }: OrgHost, { body }: RestRequest): unknown {
  const wanted = read(denials, body);
  for (const { object, field } of wanted.denials) {
    const known = org.schema.object(object);
    if (!known || (field !== null && !known.fields.has(field.toLowerCase())))
      throw new RestError(
        400,
        'INVALID_ARGUMENT',
        `There is no ${object}${field === null ? '' : `.${field}`}`,
      );
  }
  org.access.replace(wanted.denials);
  return wanted;
}
