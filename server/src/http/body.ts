import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { parseExactly } from '../values/exact-numbers.ts';
import { badRequest, unsupportedEncoding, unsupportedMediaType } from './problem.ts';

declare module 'http' {
  interface IncomingMessage {
    /** The body as it came, after decompression: what an idempotency key is held against. */
    rawBody?: Buffer;
  }
}

/** JSON is read and parsed; bytes are kept whole as `request.rawBody`; a stream is left to whoever handles it. */
export type BodyKind = 'json' | 'bytes' | 'stream';

/** Reads a request's body into `request.body`. Rejects with a problem, or the parser's error. */
export type BodyReader = (
  request: Request,
  response: Response,
  limit?: number,
  kind?: BodyKind,
) => Promise<void>;

/** Bytes, where an endpoint says nothing else. */
const USUAL_LIMIT = 1_000_000;
const FORM_LIMIT = 10_000;
const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
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
  return async (request, response, limit = USUAL_LIMIT, kind = 'json') => {
    if (!hasBody(request) || kind === 'stream') return;
    if (kind === 'bytes') {
      await parse(bytes(limit), request, response);
      if (Buffer.isBuffer(request.body)) request.rawBody = request.body;
      return;
    }
    const type = request.headers['content-type'] ?? '';
    if (request.path === '/oauth/token' && FORM_TYPE.test(type)) {
      await parse(form, request, response);
      return;
    }
    // A body of any other type would be silently ignored.
    if (!JSON_TYPE.test(type)) throw unsupportedMediaType('Send application/json.');
    if (/charset=/i.test(type) && !UTF8.test(type)) throw unsupportedEncoding('Send UTF-8.');
    await parse(bytes(limit), request, response);
    readJson(request);
  };
}

function isForm(request: IncomingMessage): boolean {
  return FORM_TYPE.test(request.headers['content-type'] ?? '');
}

/**
 * JSON is read from the bytes as a whole: a batch of megabytes is not decoded piece by piece. Numbers that a float would make
 * others of come as texts.
 */
function readJson(request: Request): void {
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body)) return;
  request.rawBody = body;
  try {
    request.body = parseExactly(body.toString('utf8'));
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 200) : '';
    throw badRequest('malformed-json', `The body is not JSON: ${detail}`);
  }
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
