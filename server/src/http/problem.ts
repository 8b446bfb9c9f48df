/** A failure that the caller is told about, as an RFC 9457 problem. Made where it is known; turned into HTTP in one place. */
export class Problem extends Error {
  readonly status: number;
  /** Stable: what a program may depend on. */
  readonly code: string;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.title = title;
    this.headers = headers;
  }
}

export const badRequest = (code: string, detail: string): Problem =>
  new Problem(400, code, 'The request is not valid', detail);
export const notFound = (what: string): Problem =>
  new Problem(404, 'not-found', 'Not found', `There is no ${what}.`);
export const conflict = (code: string, detail: string): Problem =>
  new Problem(409, code, 'The request conflicts with what is there', detail);
export const unprocessable = (code: string, detail: string): Problem =>
  new Problem(422, code, 'The request cannot be carried out', detail);
