import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { asApexException } from '../values/exception.ts';
import type { OrgHost } from './host.ts';
import { asRestError, RestError } from './json-records.ts';
import type { RestAnswer } from './resource.ts';

/** Bytes of a request that the org reads: 100 MB of a bulk upload and what an encoding adds. */
const MAXIMUM_BODY = 150_000_000;

/** A call as it came in. */
export interface IncomingCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body read as JSON where it says that it is; undefined else. */
  readonly json: unknown;
}

/** The session that a call's header names. */
export function sessionToken(call: IncomingCall): string | undefined {
  return /^(?:Bearer|OAuth) (.+)$/.exec(call.headers.authorization ?? '')?.[1];
}

/** A failure as an answer; what nobody foresaw is logged. */
export function problemAnswer(host: OrgHost, error: unknown): RestAnswer {
  if (!(error instanceof RestError) && !asApexException(error))
    host.org.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const { status, message, code, fields } = asRestError(error);
  return {
    status,
    body: [{ message, errorCode: code, ...(fields.length > 0 ? { fields } : {}) }],
  };
}

/** Reads a call off the wire. Throws RestError for a body that is too large or is not what it says. */
export async function readCall(host: OrgHost, incoming: IncomingMessage): Promise<IncomingCall> {
  const url = new URL(incoming.url ?? '/', host.url);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
  const received = await readBody(incoming);
  const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(received) : received;
  // The zip of a deployment is never text.
  const text = (headers['content-type'] ?? '').startsWith('multipart/') ? '' : bytes.toString('utf8');
  return { method: incoming.method ?? 'GET', url, headers, bytes, text, json: jsonOf(url, headers, text) };
}

const FREE_TYPES = ['text/csv', 'text/xml', 'multipart/'];

/** Only the REST API and the org's own doors take JSON. */
function jsonOf(url: URL, headers: Readonly<Record<string, string>>, text: string): unknown {
  const type = headers['content-type'] ?? '';
  const isFree = FREE_TYPES.some((each) => type.startsWith(each));
  if (text === '' || isFree || !/^\/(?:services\/data|local)\//.test(url.pathname)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new RestError(400, 'JSON_PARSER_ERROR', 'The request body is not JSON');
  }
}

function readBody(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAXIMUM_BODY) reject(new RestError(413, 'REQUEST_TOO_LARGE', 'The request is too large'));
      else chunks.push(chunk);
    });
    incoming.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    incoming.on('error', reject);
  });
}
