import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalOrg } from '../org.ts';
import { asApexException } from '../values/exception.ts';
import { asRestError, RestError } from './json-records.ts';
import { dataResources, type RestAnswer, type RestRequest } from './data-resources.ts';

export interface OrgServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Who may log in to a local org; anybody who has its address knows them. */
export const LOGIN = {
  userName: 'admin@local.org',
  password: 'local',
  clientId: 'local-org',
  clientSecret: 'local-org-secret',
} as const;

/** Bytes of a request that the org reads; Salesforce's own limit is 50 MB. */
const MAXIMUM_BODY = 50_000_000;

/** Serves an org's REST API on a port of this machine. */
export async function serveOrg(org: LocalOrg, port = 0): Promise<OrgServer> {
  const sessions = new Set<string>();
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
  sessions: Set<string>,
  server: Server,
  incoming: IncomingMessage,
): Promise<RestAnswer> {
  try {
    const url = new URL(incoming.url ?? '/', addressOf(server));
    const body = await readBody(incoming);
    if (url.pathname === '/services/oauth2/token')
      return token(org, sessions, addressOf(server), new URLSearchParams(body));
    if (url.pathname.startsWith('/services/Soap/')) return soapLogin(org, sessions, addressOf(server), body);
    if (url.pathname === '/services/data' || url.pathname === '/services/data/')
      return { status: 200, body: [{ label: "Winter '26", url: '/services/data/v65.0', version: '65.0' }] };
    const session = /^(?:Bearer|OAuth) (.+)$/.exec(incoming.headers.authorization ?? '')?.[1];
    if (session === undefined || !sessions.has(session))
      throw new RestError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    org.counters.apiCalls += 1;
    return dataResources(org, restRequest(incoming, url, body));
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
  if (body !== '') {
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

function newSession(org: LocalOrg, sessions: Set<string>): string {
  const session = `${org.organization.id.slice(0, 15)}!${randomBytes(32).toString('base64url')}`;
  sessions.add(session);
  return session;
}

function token(org: LocalOrg, sessions: Set<string>, url: string, form: URLSearchParams): RestAnswer {
  const isPassword =
    form.get('grant_type') === 'password' &&
    form.get('username') === LOGIN.userName &&
    (form.get('password') ?? '').startsWith(LOGIN.password);
  const isClient =
    form.get('grant_type') === 'client_credentials' &&
    form.get('client_id') === LOGIN.clientId &&
    form.get('client_secret') === LOGIN.clientSecret;
  if (!isPassword && !isClient)
    return { status: 400, body: { error: 'invalid_grant', error_description: 'authentication failure' } };
  const id = `${url}/id/${org.organization.id}/${org.admin.id}`;
  return {
    status: 200,
    body: {
      access_token: newSession(org, sessions),
      instance_url: url,
      id,
      token_type: 'Bearer',
      issued_at: String(Date.now()),
      signature: '',
    },
  };
}

/** The answer of SOAP login(), which clients such as jsforce use for a user name and a password. */
function soapLogin(org: LocalOrg, sessions: Set<string>, url: string, body: string): RestAnswer {
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
  const result = `<loginResponse><result><serverUrl>${address}</serverUrl><sessionId>${newSession(org, sessions)}</sessionId><userId>${org.admin.id}</userId>${user}</result></loginResponse>`;
  return { status: 200, type, body: envelope(result) };
}
