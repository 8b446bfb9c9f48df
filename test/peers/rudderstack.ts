import { findPeople } from '../../server/src/outbound/events/find-people.ts';
import type { RecordWrite } from '../../server/src/outbound/engine/record-write.ts';
import { settingsSchema, type SourceSettings } from '../../server/src/outbound/events/source-settings.ts';
import { compileSorter } from '../../server/src/outbound/events/sort-events.ts';
import { compileTransformation, personWrite } from '../../server/src/outbound/events/transform.ts';
import { salesforceId } from '../../server/src/values/salesforce-id.ts';
import { idOfRecord } from '../server/support/org-base.ts';
import type { Fetched } from './fetched.ts';
import { RecordingOrg, type Seed } from './recording-org.ts';
import { carryOut, compared, type Expected, type Verdict } from './verdicts.ts';

const DATA = 'test/integrations/destinations/salesforce';

type Values = Readonly<Record<string, unknown>>;

interface Call {
  readonly endpoint?: string;
  readonly body?: { readonly JSON?: Values };
}

/** An event of a case, and what the peer sends for it, or why it does not. */
interface Case {
  readonly name: string;
  readonly message: Values;
  readonly config: Values;
  readonly answer: { readonly call: Call } | { readonly error: string };
}

/** Replays the cases of RudderStack's destination: events, and the calls that its transformer makes of them. */
export async function rudderStack(fetched: Fetched): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const kind of ['processor', 'router']) {
    const { data } = await fetched.run(`${DATA}/${kind}/data.ts`, { path: { basename: String } });
    for (const each of casesOf(kind, data as readonly Given[])) verdicts.push(await replayed(each));
  }
  return verdicts;
}

interface Output {
  readonly statusCode: number;
  readonly error?: string;
  readonly output?: Call;
  readonly batchedRequest?: Call | readonly Call[];
}

interface Input {
  readonly message: Values;
  readonly destination?: { readonly Config?: Values };
}

interface Given {
  readonly description: string;
  readonly input: {
    readonly request: { readonly body: readonly Input[] | { readonly input: readonly Input[] } };
  };
  readonly output: {
    readonly response: { readonly body: readonly Output[] | { readonly output: readonly Output[] } };
  };
}

function casesOf(kind: string, all: readonly Given[]): Case[] {
  return all.flatMap(({ description, input, output }) => {
    const inputs = 'input' in input.request.body ? input.request.body.input : input.request.body;
    const outputs = 'output' in output.response.body ? output.response.body.output : output.response.body;
    const calls = outputs.flatMap(
      ({ statusCode, error = '', output: one, batchedRequest }): Case['answer'][] => {
        const sent = [one ?? batchedRequest ?? []].flat();
        return statusCode === 200 ? sent.map((call) => ({ call })) : [{ error }];
      },
    );
    return inputs.flatMap(({ message, destination }, place) => {
      const answer = calls[place];
      const name = `${kind}, ${description}${inputs.length > 1 ? `, event ${place + 1}` : ''}`;
      return answer ? [{ name, message, config: destination?.Config ?? {}, answer }] : [];
    });
  });
}

async function replayed({ name, message, config, answer }: Case): Promise<Verdict> {
  const notOurs = (why: string): Verdict => ({ name, kind: 'not ours', why });
  if (message.statusCode !== undefined)
    return notOurs('a call that their processor has made of an event before');
  if ('error' in answer && /secret|access_?token|instance_?url|oauth/i.test(answer.error))
    return notOurs('about the secrets of their platform');
  const { event, expected } = withIds({ ...message, integrations: { Salesforce: true } }, answer);
  const { queued } = compileSorter({ id: SOURCE, actions: [], allowedOrigins: null })([event]);
  if (expected === null)
    return queued.length === 0
      ? { name, kind: 'on purpose', why: 'counted as ignored, which is no error of whoever sends it' }
      : { name, kind: 'wrong', why: 'taken, where theirs refuses it' };
  if (queued.length === 0) return { name, kind: 'wrong', why: 'not taken' };
  const settings = settingsSchema.parse({
    mapProperties: config.mapProperty !== false,
    useContactId: config.useContactId === true,
  });
  const objects = Object.entries(expected.values ?? {}).flatMap(([field, value]) =>
    typeof value === 'object' && value !== null ? [field] : [],
  );
  if (objects.length === 0) return sentAs(name, settings, event, expected);
  // An object is a value of no field: Salesforce refuses theirs. Ours is refused before it is sent, and right without it.
  const whole = await sentAs(name, settings, event, expected);
  const isRefused = (whole.why ?? '').startsWith('invalid-value ');
  const rest = await sentAs(name, settings, without(event, objects), {
    ...expected,
    values: without(expected.values ?? {}, objects),
  });
  if (!isRefused || rest.kind === 'wrong') return isRefused ? rest : whole;
  return {
    name,
    kind: 'on purpose',
    why: `refused before it is sent: ${objects.join(', ')} takes no object`,
  };
}

async function sentAs(
  name: string,
  settings: SourceSettings,
  event: Values,
  expected: Expected,
): Promise<Verdict> {
  const key = keyOf(event);
  const org = new RecordingOrg({ ...expected.values, ...key }, seedsOf(event, key, expected));
  const writes = await writesOf(settings, event, org);
  const refused = writes.flatMap((write) => ('refused' in write ? [write.refused] : []));
  if (refused.length > 0) return { name, kind: 'wrong', why: refused.join('; ') };
  const results = await carryOut(
    org,
    writes.flatMap((write) => ('refused' in write ? [] : [write])),
  );
  const verdict = compared(name, org.sent, [expected], Object.keys(key));
  const said = results.map(({ outcome: { code, message: text } }) => `${code} ${text}`).join('; ');
  if (verdict.kind !== 'wrong') return verdict;
  const { LastName__c: lastName, ...others } = expected.values ?? {};
  const named = { ...others, LastName: lastName };
  if (
    expected.values?.LastName === 'n/a' &&
    compared(name, org.sent, [{ ...expected, values: named }]).kind === 'right'
  )
    return {
      name,
      kind: 'on purpose',
      why: 'a name that is known is written to LastName, and no n/a over it',
    };
  return { ...verdict, why: `${said}\n      ${verdict.why ?? ''}` };
}

/** The same without some members, wherever they are. */
const without = (given: Values, names: readonly string[]): Values =>
  JSON.parse(
    JSON.stringify(given, (name, value: unknown) => (names.includes(name) ? undefined : value)),
  ) as Values;

const SOURCE = '00000000-0000-0000-0000-000000000001';

/** What a turn of the worker makes of an event. */
async function writesOf(
  settings: SourceSettings,
  event: unknown,
  org: RecordingOrg,
): Promise<(RecordWrite | { readonly refused: string })[]> {
  const intents = compileTransformation(settings)(event);
  const emails = intents.flatMap((intent) => (intent.kind === 'person' ? [intent.email] : []));
  const people = await findPeople(org, settings, emails);
  return intents.map((intent) => {
    if (intent.kind === 'write') return intent.write;
    if (intent.kind === 'refused') return { refused: intent.message };
    const known = people.get(intent.email);
    return personWrite(settings, intent, known?.kind === 'known' ? known : null);
  });
}

/** Their cases have ids that are none of Salesforce's: the same real one stands for each, in the event and in the call. */
function withIds(given: Values, answer: Case['answer']): { event: Values; expected: Expected | null } {
  if ('error' in answer) return { event: given, expected: null };
  const { endpoint = '', body } = answer.call;
  const [, object = '', id] = /\/sobjects\/([^/?]+)(?:\/([^/?]+))?/.exec(endpoint) ?? [];
  const real = id === undefined ? null : (salesforceId(id) ?? idOfRecord('a00', 1));
  const swapped = (value: Values): Values =>
    JSON.parse(JSON.stringify(value), (_key, each: unknown) => (each === id ? real : each)) as Values;
  const operation = id === undefined ? 'insert' : 'update';
  return {
    event: swapped(given),
    expected: { operation, object, id: real, values: swapped(body?.JSON ?? {}) },
  };
}

interface Event {
  readonly traits?: { readonly email?: string };
  readonly context?: {
    readonly traits?: { readonly email?: string };
    readonly externalId?: readonly { readonly id?: unknown; readonly identifierType?: string }[];
    readonly mappedToDestination?: unknown;
  };
}

/** The field that a record was recognized by upstream. */
function keyOf({ context }: Event): Record<string, unknown> {
  const [given] = context?.externalId ?? [];
  return given?.identifierType === undefined || context?.mappedToDestination === undefined
    ? {}
    : { [given.identifierType]: given.id };
}

/** A record that their call names by its id is there before. */
function seedsOf({ traits, context }: Event, key: Record<string, unknown>, { object, id }: Expected): Seed[] {
  const Email = traits?.email ?? context?.traits?.email;
  return id === null
    ? []
    : [{ object, record: { Id: id, Email, IsDeleted: false, IsConverted: false, ...key } }];
}
