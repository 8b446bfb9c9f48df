import type { Logger } from 'pino';
import { z } from 'zod';
import { BASE, pageInstead, versionMissing, versionsOf } from './api-versions.ts';
import type { ConnectionCalls } from './connection-calls.ts';
import { errorOf, parsedJson, reasonOfPage } from './error-answers.ts';
import { exchange, type ExchangeAnswer, type ExchangeRequest } from './exchange.ts';
import { faultOf } from './faults.ts';
import { SalesforceFault, type ApiUsage, type Producer } from './org.ts';

/** What lets in to an org. */
export interface CallSession {
  readonly accessToken: string;
  /** The origin of the org's API, checked. */
  readonly instanceUrl: string;
}

/** Keeps an org's session for all who use it, and learns what its calls say. */
export interface SessionKeeper {
  current(): Promise<CallSession>;
  /** A session in the place of one that the org refused: it may be another caller's, made meanwhile. */
  renew(refused: CallSession): Promise<CallSession>;
  usageSeen(usage: ApiUsage): Promise<void>;
  /** A call failed with a fault: where the authorization itself is the reason, that is noted. */
  faultSeen(fault: SalesforceFault): Promise<void>;
}

/** Who calls, and what all calls of the connection have in common. */
export interface Caller {
  readonly calls: ConnectionCalls;
  readonly logger: Logger;
  readonly producer: Producer;
  readonly share?: number | undefined;
}

/** A call of an org's API: a path below the version's base, or one that starts with `/services/`. */
export type ApiRequest = Omit<ExchangeRequest, 'url'> & {
  readonly path: string;
  readonly json?: unknown;
  /** It asks what became of something that was begun: however many calls are left, that has to be known. */
  readonly isFollowUp?: boolean;
};

/** Milliseconds that a version of the API which was seen is taken to be there. */
const VERSION_SEEN_MS = 60_000;

/** Calls an org's REST API. An expired session is renewed once, and the call repeated. */
export class OrgApi {
  readonly #keeper: SessionKeeper;
  readonly #caller: Caller | null;
  #versionSeenAt = -Infinity;
  usage: ApiUsage | null = null;
  callsMade = 0;
  /** How Salesforce's support finds the last call again. */
  requestId: string | null = null;

  /** @param caller null for an org that no connection has yet */
  constructor(keeper: SessionKeeper, caller: Caller | null) {
    this.#keeper = keeper;
    this.#caller = caller;
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
      `Salesforce’s answer to ${request.method} ${request.path.split('?', 1).join('')} was not understood (${where}).`,
    );
  }

  /** Answers a call that the org accepted. Throws SalesforceFault. */
  async call(request: ApiRequest): Promise<ExchangeAnswer> {
    const session = await this.#keeper.current();
    const answer = await this.#tried(request, session);
    if (answer !== null && !isExpired(answer)) return this.#accepted(answer, session);
    const renewed = await this.#keeper.renew(session);
    return this.#accepted(await this.#sentAgain(request, renewed), renewed);
  }

  /** Null where the org has moved: a new session says where to. */
  async #tried(request: ApiRequest, session: CallSession): Promise<ExchangeAnswer | null> {
    try {
      return await this.#send(request, session);
    } catch (error) {
      if (error instanceof SalesforceFault && error.code === 'redirected') return null;
      throw error;
    }
  }

  async #sentAgain(request: ApiRequest, session: CallSession): Promise<ExchangeAnswer> {
    try {
      return await this.#send(request, session);
    } catch (error) {
      if (error instanceof SalesforceFault) await this.#keeper.faultSeen(error);
      throw error;
    }
  }

  async #send(request: ApiRequest, session: CallSession): Promise<ExchangeAnswer> {
    const { path, json, headers, isFollowUp = false, ...rest } = request;
    await this.#count(isFollowUp);
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
    this.requestId = answer.headers.get('X-SFDC-Request-Id');
    const usage = usageOf(answer.headers.get('Sforce-Limit-Info'));
    if (usage) {
      this.usage = usage;
      await this.#caller?.calls.answered(usage);
      await this.#keeper.usageSeen(usage);
    }
    return answer;
  }

  async #count(isFollowUp: boolean): Promise<void> {
    if (this.#caller) {
      const { calls, producer, share } = this.#caller;
      if (!isFollowUp) await calls.refuse(producer, share);
      calls.count(producer);
    }
    this.callsMade += 1;
  }

  async #accepted(answer: ExchangeAnswer, session: CallSession): Promise<ExchangeAnswer> {
    const page = reasonOfPage(answer.text);
    if (answer.status < 300 && page === null) {
      await this.#caller?.calls.works();
      return answer;
    }
    const fault = await this.#faultOf(answer, page, session);
    await this.#caller?.calls.failed(fault);
    await this.#keeper.faultSeen(fault);
    throw fault;
  }

  /** What has no address may be what was asked for, or the API itself: the org is asked which. */
  async #faultOf(
    answer: ExchangeAnswer,
    page: string | null,
    session: CallSession,
  ): Promise<SalesforceFault> {
    const { status } = answer;
    const { code, message } = errorOf(answer);
    if (page !== null && status < 500)
      return pageInstead(await versionsOf(session.instanceUrl), status, page);
    if ((status !== 404 && status !== 410) || (await this.#hasVersion(session)))
      return faultOf(code, message, status);
    return versionMissing(await versionsOf(session.instanceUrl), `HTTP ${status}, ${message}`);
  }

  /** Whether the org answers our version of the API at all. */
  async #hasVersion(session: CallSession): Promise<boolean> {
    if (performance.now() - this.#versionSeenAt < VERSION_SEEN_MS) return true;
    const { status, text } = await this.#send({ method: 'GET', path: `${BASE}/`, isFollowUp: true }, session);
    const isThere = status < 300 && parsedJson(text) !== null;
    if (isThere) this.#versionSeenAt = performance.now();
    return isThere || status >= 500 || status === 401;
  }
}

function isExpired(answer: ExchangeAnswer): boolean {
  return answer.status === 401 && errorOf(answer).code === 'INVALID_SESSION_ID';
}

/** `api-usage=18/5000`, as every answer says it. (REST API, Limit Info Header) */
function usageOf(header: string | null): ApiUsage | null {
  const [, used, limit] = /api-usage=(\d+)\/(\d+)/.exec(header ?? '') ?? [];
  return used === undefined || limit === undefined ? null : { used: Number(used), limit: Number(limit) };
}
