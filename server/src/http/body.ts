import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { unsupportedMediaType } from './problem.ts';

declare module 'http' {
  interface IncomingMessage {
    /** The body as it came, after decompression: what an idempotency key is held against. */
    rawBody?: Buffer;
  }
}

/** Reads a request's body into `request.body`. Rejects with the parser's error. */
export type BodyReader = (request: Request, response: Response, limit?: number) => Promise<void>;

/** Bytes, where an endpoint says nothing else. */
const USUAL_LIMIT = 1_000_000;
const FORM_LIMIT = 10_000;
const JSON_TYPE = /^application\/json\b/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\b/i;

export function bodyReader(): BodyReader {
  const form = express.text({ type: 'application/x-www-form-urlencoded', limit: FORM_LIMIT });
  const parsers = new Map<number, RequestHandler>();
  const json = (limit: number): RequestHandler => {
    const known = parsers.get(limit);
    if (known) return known;
    const verify = (request: IncomingMessage, _response: ServerResponse, buffer: Buffer): void => {
      request.rawBody = buffer;
    };
    const parser = express.json({ limit, strict: true, verify });
    parsers.set(limit, parser);
    return parser;
  };
  return async (request, response, limit = USUAL_LIMIT) => {
    if (!hasBody(request)) return;
    const type = request.headers['content-type'] ?? '';
    if (request.path === '/oauth/token' && FORM_TYPE.test(type)) await parse(form, request, response);
    else if (JSON_TYPE.test(type)) await parse(json(limit), request, response);
    // A body of any other type would be silently ignored by the parsers.
    else throw unsupportedMediaType('Send application/json.');
  };
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
