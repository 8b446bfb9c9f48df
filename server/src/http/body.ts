import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { LARGE_BODY, readLargeJson } from './large-bodies.ts';
import { Problem, unsupportedEncoding, unsupportedMediaType } from './problem.ts';
import { readJson } from './read-json.ts';

declare module 'http' {
  interface IncomingMessage {
    /** The body as it came, after decompression: what an idempotency key is held against. */
    rawBody?: Buffer;
  }
}

/**
 * JSON is read and parsed, where it may be called a text too, so that a page need not ask beforehand whether it may send it;
 * bytes are kept whole as `request.rawBody`; a stream is left to whoever handles it.
 */
export type BodyKind = 'json' | 'json-as-text' | 'bytes' | 'stream';

/** What is read of a body, and for whom. */
export interface BodyOrder {
  /** Bytes, where it is not the usual limit. */
  readonly limit?: number | undefined;
  readonly kind?: BodyKind | undefined;
  /** Whose body it is: large ones of one account are read one after the other. */
  readonly account: string;
}

/** Reads a request's body into `request.body`. Rejects with a problem, or the parser's error. */
export type BodyReader = (request: Request, response: Response, order: BodyOrder) => Promise<void>;

/** Bytes, where an endpoint says nothing else. */
const USUAL_LIMIT = 1_000_000;
const FORM_LIMIT = 10_000;
/** What a compressed body may unpack to in any case, and for each of its bytes: rows of empty cells come to a hundred. */
const ALWAYS_UNPACKED = 100_000;
const UNPACKED_PER_BYTE = 200;
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const TEXT_TYPE = /^text\/plain\s*(?:;|$)/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const UTF8 = /;\s*charset="?utf-?8"?\s*(?:;|$)/i;

export function bodyReader(): BodyReader {
  const form = express.text({ type: isForm, limit: FORM_LIMIT });
  const parsers = new Map<number, RequestHandler>();
  const bytes = (limit: number): RequestHandler => {
    const known = parsers.get(limit) ?? express.raw({ type: () => true, limit });
    parsers.set(limit, known);
    return known;
  };
  return async (request, response, { limit = USUAL_LIMIT, kind = 'json', account }) => {
    if (!hasBody(request) || kind === 'stream') return;
    if (kind === 'bytes') {
      await unpack(bytes(limit), request, response);
      return;
    }
    const type = request.headers['content-type'] ?? '';
    if (request.path === '/oauth/token' && FORM_TYPE.test(type)) {
      await parse(form, request, response);
      return;
    }
    // A body of any other type would be silently ignored.
    if (!JSON_TYPE.test(type) && !(kind === 'json-as-text' && TEXT_TYPE.test(type)))
      throw unsupportedMediaType('Send application/json.');
    if (/charset=/i.test(type) && !UTF8.test(type)) throw unsupportedEncoding('Send UTF-8.');
    await unpack(bytes(limit), request, response);
    const body = request.rawBody;
    if (body === undefined) return;
    request.body = body.length < LARGE_BODY ? readJson(body) : await readLargeJson(account, body);
  };
}

/** Reads a body's bytes into `request.rawBody`, decompressed. Throws a 413 problem for one that is hardly more than air. */
async function unpack(parser: RequestHandler, request: Request, response: Response): Promise<void> {
  let sent = 0;
  const count = (piece: Buffer): void => void (sent += piece.length);
  request.on('data', count);
  await parse(parser, request, response);
  request.off('data', count);
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body)) return;
  if (body.length > Math.max(ALWAYS_UNPACKED, sent * UNPACKED_PER_BYTE))
    throw new Problem(
      413,
      'body-too-large',
      'The body is too large',
      `The body unpacks to more than ${UNPACKED_PER_BYTE} times its size. Send it less compressed, or in smaller parts.`,
    );
  request.rawBody = body;
}

function isForm(request: IncomingMessage): boolean {
  return FORM_TYPE.test(request.headers['content-type'] ?? '');
}

function hasBody(request: Request): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}

function parse(parser: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    parser(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('The body could not be read.'));
    });
  });
}
