import { newBean } from '../library/beans.ts';
import { typed } from '../library/json-read.ts';
import { parseJson } from '../library/json-text.ts';
import { serialize } from '../library/json-write.ts';
import { newRestExchange, restState } from '../library/rest-context.ts';
import type { LocalOrg } from '../org.ts';
import { ApexMap } from '../values/collections.ts';
import { ApexBlob } from '../values/dates.ts';
import { asApexException } from '../values/exception.ts';
import type { ApexValue, MethodInfo } from '../values/object.ts';
import { RestError } from './json-records.ts';
import type { RestAnswer, RestRequest } from './resource.ts';

/** Serves the classes that are annotated with RestResource, below /services/apexrest. */
export function apexRest(org: LocalOrg, request: RestRequest): RestAnswer {
  const path = request.path.replace(/^\/services\/apexrest/, '');
  const resource = resourceFor(org, path);
  if (!resource) throw new RestError(404, 'NOT_FOUND', `Could not find a match for URL ${path}`);
  const method = resource.methods.find((each) => each.annotations.has(`http${request.method.toLowerCase()}`));
  if (!method)
    throw new RestError(
      405,
      'METHOD_NOT_ALLOWED',
      `HTTP Method '${request.method}' not allowed. Allowed are ${allowed(resource.methods)}`,
    );
  try {
    return org.run('synchronous', request.user, (transaction) => {
      const state = restState(transaction);
      const exchange = newRestExchange();
      state.request = exchange.request;
      state.response = exchange.response;
      fill(exchange.request, request, resource.mapping);
      const result = method.invoke(null, parameters(method, request));
      return answer(state.response, result, method);
    });
  } catch (error) {
    const exception = asApexException(error);
    if (!exception) throw error;
    throw new RestError(500, 'APEX_ERROR', `${exception.toString()}\n\n${exception.stackTrace()}`);
  }
}

/** The class whose mapping fits best: the exact one, else the longest that ends in a star. */
function resourceFor(
  org: LocalOrg,
  path: string,
): { mapping: string; methods: readonly MethodInfo[] } | undefined {
  const found = org.program.runtime.classes().flatMap((linked) => {
    const annotation = linked.source.declaration.modifiers.annotations.find(
      (each) => each.name === 'restresource',
    );
    const mapping = Object.entries(annotation?.values ?? {}).find(
      ([key]) => key.toLowerCase() === 'urlmapping',
    )?.[1];
    return mapping === undefined ? [] : [{ mapping, methods: linked.info.methods }];
  });
  const fits = ({ mapping }: { mapping: string }): boolean =>
    mapping.endsWith('*')
      ? `${path}/`.startsWith(mapping.slice(0, -1)) || path.startsWith(mapping.slice(0, -1))
      : path === mapping;
  return found.filter(fits).sort((left, right) => right.mapping.length - left.mapping.length)[0];
}

function allowed(methods: readonly MethodInfo[]): string {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
    .filter((verb) => methods.some((method) => method.annotations.has(`http${verb.toLowerCase()}`)))
    .join(', ');
}

function fill(bean: ReturnType<typeof newBean>, request: RestRequest, mapping: string): void {
  bean.set('requestURI', request.path.replace(/^\/services\/apexrest/, ''));
  bean.set('resourcePath', `/services/apexrest${mapping}`);
  bean.set('httpMethod', request.method);
  bean.set('remoteAddress', '127.0.0.1');
  bean.set('requestBody', new ApexBlob(Buffer.from(request.text, 'utf8')));
  const put = (property: string, entries: Iterable<readonly [string, string]>): void => {
    const map = bean.get(property);
    if (map instanceof ApexMap) for (const [name, value] of entries) map.put(name, value);
  };
  put('params', request.query);
  put('headers', Object.entries(request.headers));
}

/** The members of a JSON body by the names of the method's parameters. */
function parameters(method: MethodInfo, request: RestRequest): ApexValue[] {
  if (method.parameters.length === 0) return [];
  const { value } = parseJson(request.text);
  const members =
    typeof value === 'object' && value !== null && 'members' in value
      ? value.members
      : new Map<string, never>();
  return method.parameters.map(({ name, type }) => typed(members.get(name) ?? null, type, false));
}

function answer(response: ApexValue, result: ApexValue, method: MethodInfo): RestAnswer {
  const values =
    response instanceof Object && 'values' in response
      ? (response.values as ReadonlyMap<string, ApexValue>)
      : new Map<string, ApexValue>();
  const body = values.get('responsebody');
  const code = values.get('statuscode');
  const status = typeof code === 'number' ? code : 200;
  const map = values.get('headers');
  const headers =
    map instanceof ApexMap
      ? Object.fromEntries([...map].map(([name, value]) => [String(name).toLowerCase(), String(value)]))
      : {};
  const type = headers['content-type'];
  const kind = type === undefined ? {} : { type };
  if (body instanceof ApexBlob) return { status, body: body.bytes.toString('utf8'), headers, ...kind };
  if (method.returns.kind === 'void') return { status, headers, ...kind };
  // A text is answered as JSON text too.
  return { status, body: serialize(result), headers, ...kind };
}
