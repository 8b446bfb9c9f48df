import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ORGANIZATION } from './test-server.ts';

/** What a caller sent. */
export interface DoubleRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly token: string | null;
  readonly body: string;
}

export interface DoubleAnswer {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the connection in the place of an answer. */
  readonly isBroken?: boolean;
}

type Answering = DoubleAnswer | ((request: DoubleRequest) => DoubleAnswer | Promise<DoubleAnswer>);

export const APP = { clientId: 'double-app', clientSecret: 'double-app-secret' } as const;

/**
 * The log-in and a little of the API of Salesforce, which does what a test tells it: sessions end, refresh tokens rotate and
 * are worth nothing afterwards, and any answer can be replaced.
 */
export class SalesforceDouble {
  readonly requests: DoubleRequest[] = [];
  readonly revoked: string[] = [];
  readonly #sessions = new Set<string>();
  readonly #refreshTokens = new Set<string>();
  readonly #scripted: { readonly path: RegExp; readonly answer: Answering; times: number }[] = [];
  readonly #server: Server;
  organizationId = ORGANIZATION;
  apiUsage = 'api-usage=10/15000';

  constructor(server: Server) {
    this.#server = server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers requests of a path otherwise, as often as said; the newest word counts. */
  script(path: RegExp, answer: Answering, times = Infinity): void {
    this.#scripted.unshift({ path, answer, times });
  }

  /** Forgets what was scripted and asked. */
  reset(): void {
    this.#scripted.length = 0;
    this.requests.length = 0;
    this.organizationId = ORGANIZATION;
    this.apiUsage = 'api-usage=10/15000';
  }

  /** Ends every session. */
  expire(): void {
    this.#sessions.clear();
  }

  requestsOf(path: RegExp): DoubleRequest[] {
    return this.requests.filter((request) => path.test(request.path));
  }

  session(): string {
    const token = `access-${randomBytes(12).toString('hex')}`;
    this.#sessions.add(token);
    return token;
  }

  async answer(request: DoubleRequest): Promise<DoubleAnswer> {
    this.requests.push(request);
    const scripted = this.#scripted.find((each) => each.times > 0 && each.path.test(request.path));
    if (!scripted) return this.usual(request);
    scripted.times -= 1;
    return typeof scripted.answer === 'function' ? scripted.answer(request) : scripted.answer;
  }

  /** What it answers where nothing was scripted. */
  usual(request: DoubleRequest): DoubleAnswer {
    if (request.path === '/services/oauth2/token') return this.#token(request.form);
    if (request.path === '/services/oauth2/revoke') {
      this.revoked.push(request.form.get('token') ?? '');
      return {};
    }
    if (request.path === '/services/data/') return { json: [{ version: '65.0' }] };
    if (request.token === null || !this.#sessions.has(request.token))
      return {
        status: 401,
        json: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }],
      };
    return this.#resource(request);
  }

  #token(form: URLSearchParams): DoubleAnswer {
    const used = form.get('refresh_token') ?? '';
    const isGood = form.get('grant_type') !== 'refresh_token' || this.#refreshTokens.delete(used);
    if (!isGood)
      return {
        status: 400,
        json: { error: 'invalid_grant', error_description: 'expired access/refresh token' },
      };
    const refreshToken = `refresh-${randomBytes(12).toString('hex')}`;
    this.#refreshTokens.add(refreshToken);
    return {
      json: {
        access_token: this.session(),
        refresh_token: refreshToken,
        instance_url: this.url,
        id: `${this.url}/id/${this.organizationId}/005000000000001AAA`,
        token_type: 'Bearer',
      },
    };
  }

  #resource({ path, query }: DoubleRequest): DoubleAnswer {
    const headers = { 'Sforce-Limit-Info': this.apiUsage };
    const soql = query.get('q') ?? '';
    if (path === '/services/data/v65.0/') return { headers, json: { query: `${path}query` } };
    if (path.endsWith('/query') && soql.includes('FROM User'))
      return { headers, json: { records: [{ Username: 'marketing@example.com' }] } };
    if (path.endsWith('/query'))
      return {
        headers,
        json: {
          records: [
            {
              Name: 'Acme',
              OrganizationType: 'Enterprise Edition',
              IsSandbox: false,
              InstanceName: 'CAN1',
              NamespacePrefix: null,
            },
          ],
        },
      };
    return {
      status: 404,
      headers,
      json: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }],
    };
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }
}

export async function startSalesforceDouble(): Promise<SalesforceDouble> {
  const server = createServer((incoming, response) => {
    void received(incoming)
      .then((request) => double.answer(request))
      .then(({ status = 200, json, text, headers = {}, isBroken }) => {
        if (isBroken === true) {
          incoming.socket.destroy();
          return;
        }
        response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
        response.end(text ?? JSON.stringify(json ?? {}));
      });
  });
  const double = new SalesforceDouble(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return double;
}

async function received(incoming: IncomingMessage): Promise<DoubleRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const url = new URL(incoming.url ?? '/', 'http://double');
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    form: new URLSearchParams(body),
    token: /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1] ?? null,
    body,
  };
}
