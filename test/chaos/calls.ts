import { setTimeout as pause } from 'node:timers/promises';
import type { Excuses } from './excuses.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What a proxy in front would answer for a copy that has broken off. */
const CUT_OFF: Answer = { status: 503, code: 'cut-off', body: {}, isReplay: false };

export interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly body: Record<string, unknown>;
  readonly isReplay: boolean;
}

/** Milliseconds that any request is to be answered in, an outage of the database included. */
const PATIENCE = 150_000;
/** Milliseconds that a request is sent again and again before it counts as never carried out. */
const PERSISTENCE = 600_000;
const MOST_VIOLATIONS = 50;

/**
 * Calls of the API while things go wrong, each of them held to the promise: it is answered, with what was asked for, with a
 * refusal, or with 503 that says why and when to come again.
 */
export class Calls {
  readonly url: string;
  /** How often each status came, with the code of a problem. */
  readonly statuses = new Map<string, number>();
  /** What was promised and not kept. */
  readonly violations: string[] = [];
  requests = 0;
  slowest = 0;

  readonly #excuses: Excuses;
  readonly #log: (line: string) => void;

  constructor(url: string, excuses: Excuses, log: (line: string) => void) {
    this.url = url;
    this.#excuses = excuses;
    this.#log = log;
  }

  /** Sends a request once. Rejects where it is not answered, which is a violation but where its way was cut on purpose. */
  async once(call: Call): Promise<Answer> {
    const started = performance.now();
    this.requests += 1;
    try {
      const answer = await this.#send(call).catch((error: unknown) => {
        if (this.#excuses.hold()) return CUT_OFF;
        throw error;
      });
      const name = [String(answer.status), answer.code ?? ''].join(' ').trim();
      this.statuses.set(name, (this.statuses.get(name) ?? 0) + 1);
      return answer;
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      this.violate(`${call.method} ${call.path} was not answered: ${String(cause)}`);
      throw error;
    } finally {
      this.slowest = Math.max(this.slowest, performance.now() - started);
    }
  }

  /**
   * Sends a request until it is carried out, as a careful client does: what was answered with 503 or 429 comes again.
   *
   * @param call made again for each try, and told of a token that has expired
   */
  async untilDone(call: (isExpired: boolean) => Promise<Call> | Call): Promise<Answer> {
    const deadline = Date.now() + PERSISTENCE;
    let isExpired = false;
    while (Date.now() < deadline) {
      const made = await call(isExpired);
      const answer = await this.once(made).catch(() => null);
      if (answer && answer.status < 400) return answer;
      // 408 where this machine stood still for longer than the server waits for headers.
      const isLater = answer === null || [408, 429, 503].includes(answer.status);
      isExpired = answer?.status === 401 && answer.code === 'token-expired';
      if (!isLater && !isExpired)
        throw new Error(
          `${made.method} ${made.path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`,
        );
      await pause(500 + Math.random() * 500);
    }
    throw new Error('A request was not carried out for ten minutes.');
  }

  violate(what: string): void {
    this.#log(`not as promised: ${what.slice(0, 1000)}`);
    if (this.violations.length < MOST_VIOLATIONS)
      this.violations.push(`${new Date().toISOString()} ${what}`.slice(0, 1000));
  }

  async #send({ method, path, token, headers = {}, body }: Call): Promise<Answer> {
    const isText = typeof body === 'string';
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: token.includes(' ') ? token : `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    const parsed = isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {};
    const code = response.status >= 400 && typeof parsed.code === 'string' ? parsed.code : null;
    if (response.status >= 500) this.#holdToPromise(`${method} ${path}`, response, code, text);
    return {
      status: response.status,
      code,
      body: parsed,
      isReplay: response.headers.get('idempotent-replayed') === 'true',
    };
  }

  #holdToPromise(what: string, response: Response, code: string | null, text: string): void {
    const isClear = response.status === 503 && code !== null && response.headers.has('retry-after');
    if (!isClear) this.violate(`${what} was answered ${response.status} ${text.slice(0, 300)}`);
  }
}
