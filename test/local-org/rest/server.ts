import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalOrg } from '../org.ts';
import { asApexException } from '../values/exception.ts';
import { asRestError, RestError } from './json-records.ts';
import { apexRest } from './apex-rest.ts';
import { LOGIN, Sessions } from './oauth.ts';
import { dataResources } from './data-resources.ts';
import type { RestAnswer, RestRequest } from './resource.ts';

export { LOGIN };

export interface OrgServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Bytes of a request that the org reads; Salesforce's own limit is 50 MB. */
const MAXIMUM_BODY = 50_000_000;

/** Serves an org's REST API on a port of this machine. */
export async function serveOrg(org: LocalOrg, port = 0): Promise<OrgServer> {
  const sessions = new Sessions(org);
  const server = createServer((request, response) => {
    void answer(org, sessions, server, request).then((result) => {
      const body =
        result.body === undefined
          ? ''
          : typeof result.body === 'string'
            ? result.body
            : JSON.stringify(result.body);
      response.writeHead(result.status, {
        'content-type': result.type ?? 'application/json;charset=UTF-8',
        'Sforce-Limit-Info': `api-usage=${org.counters.apiCalls}/15000`,
        ...(result.headers ?? {}),
      });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: addressOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(
  org: LocalOrg,
  sessions: Sessions,
  server: Server,
  incoming: IncomingMessage,
): Promise<RestAnswer> {
  try {
    const url = new URL(incoming.url ?? '/', addressOf(server));
    const body = await readBody(incoming);
    if (url.pathname === '/services/oauth2/token')
      return sessions.token(addressOf(server), new URLSearchParams(body));
    if (url.pathname === '/services/oauth2/authorize') return sessions.authorize(url.searchParams);
    if (url.pathname.startsWith('/services/Soap/')) return soapLogin(org, sessions, addressOf(server), body);
    if (url.pathname === '/services/data' || url.pathname === '/services/data/')
      return { status: 200, body: [{ label: "Winter '26", url: '/services/data/v65.0', version: '65.0' }] };
    const session = /^(?:Bearer|OAuth) (.+)$/.exec(incoming.headers.authorization ?? '')?.[1];
    if (session === undefined || !sessions.has(session))
      throw new RestError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    org.counters.apiCalls += 1;
    if (url.pathname === '/services/oauth2/userinfo') return sessions.userInfo(addressOf(server));
    const request = restRequest(incoming, url, body);
    return request.path.startsWith('/services/apexrest/')
      ? apexRest(org, request)
      : dataResources(org, request);
  } catch (error) {
    if (!(error instanceof RestError) && !asApexException(error))
      org.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    const problem = asRestError(error);
    return {
      status: problem.status,
      body: [
        {
          message: problem.message,
          errorCode: problem.code,
          ...(problem.fields.length > 0 ? { fields: problem.fields } : {}),
        },
      ],
    };
  }
}

function restRequest(incoming: IncomingMessage, url: URL, body: string): RestRequest {
  let json: unknown;
  const isCsv = (incoming.headers['content-type'] ?? '').startsWith('text/csv');
  const isFree = isCsv || url.pathname.startsWith('/services/apexrest/');
  if (body !== '' && !isFree) {
    try {
      json = JSON.parse(body);
    } catch {
      throw new RestError(400, 'JSON_PARSER_ERROR', 'The request body is not JSON');
    }
  }
  return {
    method: incoming.method ?? 'GET',
    path: decodeURI(url.pathname),
    query: url.searchParams,
    body: json,
    text: body,
    headers: Object.fromEntries(
      Object.entries(incoming.headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      ),
    ),
  };
}

function readBody(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAXIMUM_BODY) reject(new RestError(413, 'REQUEST_TOO_LARGE', 'The request is too large'));
      else chunks.push(chunk);
    });
    incoming.on('end', () => {
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    incoming.on('error', reject);
  });
}

/** The answer of SOAP login(), which clients such as jsforce use for a user name and a password. */
function soapLogin(org: LocalOrg, sessions: Sessions, url: string, body: string): RestAnswer {
  const field = (name: string) => new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(body)?.[1] ?? '';
  const type = 'text/xml;charset=UTF-8';
  const envelope = (content: string) =>
    `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`;
  if (field('username') !== LOGIN.userName || !field('password').startsWith(LOGIN.password)) {
    const fault = 'INVALID_LOGIN: Invalid username, password, security token; or user locked out.';
    return {
      status: 500,
      type,
      body: envelope(
        `<soapenv:Fault><faultcode>sf:INVALID_LOGIN</faultcode><faultstring>${fault}</faultstring></soapenv:Fault>`,
      ),
    };
  }
  const user = `<userInfo><organizationId>${org.organization.id}</organizationId><userId>${org.admin.id}</userId><userName>${LOGIN.userName}</userName></userInfo>`;
  const address = `${url}/services/Soap/u/65.0/${org.organization.id}`;
  const result = `<loginResponse><result><serverUrl>${address}</serverUrl><sessionId>${sessions.open()}</sessionId><userId>${org.admin.id}</userId>${user}</result></loginResponse>`;
  return { status: 200, type, body: envelope(result) };
}
