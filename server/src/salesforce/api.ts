import { z } from 'zod';
import { parseExactly } from '../values/exact-numbers.ts';
import { exchange, type ExchangeAnswer, type ExchangeRequest } from './exchange.ts';
import { faultOf } from './faults.ts';
import { SalesforceFault, type ApiUsage } from './org.ts';

/** The version of the API that everything is asked in. */
export const API_VERSION = '65.0';
/** Where its resources begin. */
export const BASE = `/services/data/v${API_VERSION}`;

/** What lets in to an org. */
export interface Session {
  readonly accessToken: string;
  /** The origin of the org's API, checked. */
  readonly instanceUrl: string;
}

/** Keeps an org's session for all who use it, and learns what its calls say. */
export interface SessionKeeper {
  current(): Promise<Session>;
  /** A session in the place of one that the org refused: it may be another caller's, made meanwhile. */
  renew(refused: Session): Promise<Session>;
  usageSeen(usage: ApiUsage): Promise<void>;
  /** A call failed with a fault: where the authorization itself is the reason, that is noted. */
  faultSeen(fault: SalesforceFault): Promise<void>;
}

/** A call of an org's API: a path below the version's base, or one that starts with `/services/`. */
export type ApiRequest = Omit<ExchangeRequest, 'url'> & { readonly path: string; readonly json?: unknown };

/** Calls an org's REST API. An expired session is renewed once, and the call repeated. */
export class OrgApi {
  readonly #keeper: SessionKeeper;
  usage: ApiUsage | null = null;

  constructor(keeper: SessionKeeper) {
    this.#keeper = keeper;
  }

  /** Answers a call's JSON in its declared shape. Throws SalesforceFault. */
  async json<T>(schema: z.ZodType<T>, request: ApiRequest): Promise<T> {
    const { text } = await this.call(request);
    const parsed = schema.safeParse(parsedJson(text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue ? `${issue.path.join('.')}: ${issue.message}` : '';
    throw new SalesforceFault(
      'retry',
      'unexpected-answer',
      `Salesforce’s answer to ${request.method} ${request.path.replace(/\?.*$/, '')} was not understood (${where}).`,
    );
  }

  /** Answers a call that the org accepted. Throws SalesforceFault. */
  async call(request: ApiRequest): Promise<ExchangeAnswer> {
    const session = await this.#keeper.current();
    const answer = await this.#tried(request, session);
    if (answer !== null && !isExpired(answer)) return this.#accepted(answer);
    return this.#accepted(await this.#sentAgain(request, await this.#keeper.renew(session)));
  }

  /** Null where the org has moved: a new session says where to. */
  async #tried(request: ApiRequest, session: Session): Promise<ExchangeAnswer | null> {
    try {
      return await this.#send(request, session);
    } catch (error) {
      if (error instanceof SalesforceFault && error.code === 'redirected') return null;
      throw error;
    }
  }

  async #sentAgain(request: ApiRequest, session: Session): Promise<ExchangeAnswer> {
    try {
      return await this.#send(request, session);
    } catch (error) {
      if (error instanceof SalesforceFault) await this.#keeper.faultSeen(error);
      throw error;
    }
  }

  async #send(request: ApiRequest, session: Session): Promise<ExchangeAnswer> {
    const { path, json, headers, ...rest } = request;
    const answer = await exchange({
      ...rest,
      url: session.instanceUrl + (path.startsWith('/services/') ? path : BASE + path),
      headers: {
        Accept: 'application/json',
        ...headers,
        ...(json === undefined ? {} : { 'Content-Type': 'application/json; charset=UTF-8' }),
        Authorization: `Bearer ${session.accessToken}`,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const usage = usageOf(answer.headers.get('Sforce-Limit-Info'));
    if (usage) {
      this.usage = usage;
      await this.#keeper.usageSeen(usage);
    }
    return answer;
  }

  async #accepted(answer: ExchangeAnswer): Promise<ExchangeAnswer> {
    if (answer.status < 300) return answer;
    const fault = refusalOf(parsedJson(answer.text), answer.status);
    await this.#keeper.faultSeen(fault);
    throw fault;
  }
}

function isExpired(answer: ExchangeAnswer): boolean {
  return (
    answer.status === 401 && errorOf(parsedJson(answer.text), answer.status).code === 'INVALID_SESSION_ID'
  );
}

const refused = z.union([
  z.tuple([z.object({ errorCode: z.string(), message: z.string().catch('') })]).rest(z.unknown()),
  z.object({ errorCode: z.string(), message: z.string().catch('') }),
]);

/** The fault of a refused call, or of a part of one, by the body of its answer. */
export function refusalOf(body: unknown, status: number): SalesforceFault {
  const { code, message } = errorOf(body, status);
  return faultOf(code, message, status);
}

/** The first error of a refused call's answer; what is no error of the API is told by its status. */
function errorOf(body: unknown, status: number): { code: string; message: string } {
  const parsed = refused.safeParse(body);
  if (!parsed.success) return { code: `HTTP_${status}`, message: `Salesforce answered HTTP ${status}.` };
  const error = Array.isArray(parsed.data) ? parsed.data[0] : parsed.data;
  return { code: error.errorCode, message: error.message };
}

function parsedJson(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return null;
  }
}

/** `api-usage=18/5000`, as every answer says it. (REST API, Limit Info Header) */
function usageOf(header: string | null): ApiUsage | null {
  const [, used, limit] = /api-usage=(\d+)\/(\d+)/.exec(header ?? '') ?? [];
  return used === undefined || limit === undefined ? null : { used: Number(used), limit: Number(limit) };
}
