import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { LocalOrg } from '../org.ts';
import { answerCall } from './answer-call.ts';
import { callNature } from './call-nature.ts';
import { pageOf, refusalOf, type Fault } from './faults.ts';
import { OrgHost } from './host.ts';
import { problemAnswer, readCall, sessionToken, type IncomingCall } from './incoming-call.ts';
import { jsonText } from './json-numbers.ts';
import { RestError } from './json-records.ts';
import type { RestAnswer } from './resource.ts';
import { LOGIN } from './settings.ts';
import { isSoap, soapProblem, soapSession } from './soap-problem.ts';

export { LOGIN };

export interface OrgServer {
  readonly url: string;
  /** The org's settings, sessions and faults, for whoever runs it in the same process. */
  readonly host: OrgHost;
  close(): Promise<void>;
}

/** Serves an org's APIs on a port of this machine. */
export async function serveOrg(org: LocalOrg, port = 0): Promise<OrgServer> {
  const host = new OrgHost(org);
  const server = createServer((request, response) => {
    void serve(host, request, response);
  });
  // Apex that runs blocks this process: a connection is not to be lost for having been idle meanwhile.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  host.url = addressOf(server);
  return {
    url: host.url,
    host,
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

async function serve(host: OrgHost, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answered = await answer(host, request);
  if (answered === 'reset') {
    request.socket.destroy();
    return;
  }
  const { body } = answered;
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  response.writeHead(answered.status, {
    'content-type': answered.type ?? 'application/json;charset=UTF-8',
    // As Salesforce's edge names each answer; support asks for it.
    'x-sfdc-request-id': randomBytes(16).toString('hex'),
    ...answered.headers,
  });
  response.end(body === undefined ? '' : isRaw ? body : jsonText(body));
}

/** The answer to a call, or `reset` where a fault breaks its connection. */
async function answer(host: OrgHost, request: IncomingMessage): Promise<RestAnswer | 'reset'> {
  try {
    const call = await readCall(host, request);
    const { method, url, json } = call;
    const isLocal = url.pathname.startsWith('/local/');
    const nature = callNature(host, method, url.pathname, json);
    const fault = isLocal ? undefined : host.faults.forCall(nature);
    if (fault?.kind === 'slow') await wait(fault.milliseconds);
    if (fault?.kind === 'reset-before') return 'reset';
    const page = pageOf(fault);
    if (page) return page;
    const answered = guarded(host, url.pathname, () => {
      if (fault) refuse(host, call, fault);
      return answerCall(host, call, nature);
    });
    return fault?.kind === 'reset-after' ? 'reset' : answered;
  } catch (error) {
    return problemAnswer(host, error);
  }
}

function guarded(host: OrgHost, path: string, work: () => RestAnswer): RestAnswer {
  try {
    return work();
  } catch (error) {
    return isSoap(path) ? soapProblem(host, path, error) : problemAnswer(host, error);
  }
}

/** Throws what a fault answers in place of the call's own answer, if it is of such a kind. */
function refuse(host: OrgHost, call: IncomingCall, fault: Fault): void {
  if (fault.kind === 'session') {
    host.sessions.revoke(sessionToken(call) ?? soapSession(call) ?? '');
    throw new RestError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  }
  const refusal = refusalOf(fault);
  if (refusal) throw refusal;
}
