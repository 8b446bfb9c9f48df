import { say } from '../messages/message.ts';
/** A failure that the caller is told about, as an RFC 9457 problem. Made where it is known; turned into HTTP in one place. */
export class Problem extends Error {
  readonly status: number;
  /** Stable: what a program may depend on. */
  readonly code: string;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Members of the answer beside those of every problem, e.g. a list of faults. */
  readonly extension: Readonly<Record<string, unknown>>;
  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    more: { headers?: Readonly<Record<string, string>>; extension?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.title = title;
    this.headers = more.headers ?? {};
    this.extension = more.extension ?? {};
  }

  /** Whether it passes by itself: the same request may be carried out later. */
  get isRetryable(): boolean {
    return this.status === 429 || this.status === 503;
  }
}

export const badRequest = (code: string, detail: string): Problem =>
  new Problem(400, code, 'The request is not valid', detail);
export const unauthorized = (code: string, detail: string): Problem =>
  new Problem(401, code, 'Not authorized', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
export const forbidden = (code: string, detail: string): Problem =>
  new Problem(403, code, 'Not allowed', detail);
export const notFound = (what: string): Problem =>
  new Problem(404, 'not-found', 'Not found', say('calls.not-found', { what }));
export const conflict = (
  code: string,
  detail: string,
  extension: Readonly<Record<string, unknown>> = {},
): Problem => new Problem(409, code, 'The request conflicts with what is there', detail, { extension });
export const unprocessable = (
  code: string,
  detail: string,
  extension: Readonly<Record<string, unknown>> = {},
): Problem => new Problem(422, code, 'The request cannot be carried out', detail, { extension });
/** @param seconds after which the caller may try again */
export const tooManyRequests = (detail: string, seconds: number): Problem =>
  new Problem(429, 'too-many-requests', 'Too many requests', detail, {
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) },
  });
/** @param seconds after which the caller may try again */
export const unavailable = (code: string, detail: string, seconds: number): Problem =>
  new Problem(503, code, 'Not available now', detail, { headers: { 'Retry-After': String(seconds) } });
export const unsupportedMediaType = (detail: string): Problem =>
  new Problem(415, 'unsupported-media-type', 'The content type is not supported', detail);
export const unsupportedEncoding = (detail: string): Problem =>
  new Problem(415, 'unsupported-encoding', 'The encoding is not supported', detail);
