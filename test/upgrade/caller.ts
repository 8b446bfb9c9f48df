import { z } from 'zod';

/** How a caller proves who it is. Everything here is of a test; none of it opens anything else. */
export const credentialSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('public') }),
  /** A session, an API key, the operator's token, an access token of an org. */
  z.strictObject({ kind: z.literal('bearer'), token: z.string(), account: z.string().optional() }),
  /** A write key. */
  z.strictObject({ kind: z.literal('basic'), user: z.string() }),
  /** An org's keys, for which an access token is asked before each call. */
  z.strictObject({
    kind: z.literal('plugin'),
    keyId: z.string(),
    secret: z.string(),
    organization: z.string(),
  }),
]);
export type Credential = z.output<typeof credentialSchema>;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  /** JSON, or a text with a content type among the headers. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const tokenSchema = z.object({ access_token: z.string() });
const madeSchema = z.object({ id: z.string() });

/** Somebody who calls a server over HTTP. */
export class Caller {
  readonly url: string;
  readonly credential: Credential;

  constructor(url: string, credential: Credential) {
    this.url = url;
    this.credential = credential;
  }

  /** Calls and answers whatever came. */
  async send({ method, path, body, headers = {} }: Sent): Promise<Answer> {
    const isText = typeof body === 'string';
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(await this.#authorization()),
        ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** Calls and answers what was answered; throws where that is a refusal. */
  async call(method: string, path: string, body?: unknown, headers?: Sent['headers']): Promise<unknown> {
    const { status, text } = await this.send({ method, path, body, headers });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text.startsWith('{') ? JSON.parse(text) : text;
  }

  /** Makes something; answers its id. */
  async make(path: string, body: unknown): Promise<string> {
    return madeSchema.parse(await this.call('POST', path, body)).id;
  }

  async #authorization(): Promise<Record<string, string>> {
    const given = this.credential;
    switch (given.kind) {
      case 'public':
        return {};
      case 'bearer':
        return {
          authorization: `Bearer ${given.token}`,
          ...(given.account === undefined ? {} : { 'DI-Account': given.account }),
        };
      case 'basic':
        return { authorization: `Basic ${Buffer.from(`${given.user}:`).toString('base64')}` };
      case 'plugin':
        return { authorization: `Bearer ${await accessToken(this.url, given)}` };
    }
  }
}

/** An access token for an org's keys. */
export async function accessToken(
  url: string,
  { keyId, secret, organization }: Credential & { kind: 'plugin' },
): Promise<string> {
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: keyId,
      client_secret: secret,
      organization_id: organization,
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST /oauth/token: ${response.status} ${text}`);
  return tokenSchema.parse(JSON.parse(text)).access_token;
}
