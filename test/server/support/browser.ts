import request from 'supertest';
import type { TestServer } from './test-server.ts';

/** A browser, as far as it keeps cookies of the server; it follows no redirect by itself. */
export class Browser {
  readonly #server: TestServer;
  readonly #cookies = new Map<string, string>();

  constructor(server: TestServer) {
    this.#server = server;
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  /** Opens an address of the server. */
  async open(address: string): Promise<request.Response> {
    return this.#kept(await this.#sent('get', address));
  }

  /** Opens an address that an authorization begins at, and comes back from Salesforce. */
  async comeBack(start: URL): Promise<request.Response> {
    await this.open(start.href);
    const state = start.searchParams.get('state') ?? '';
    return this.open(`/oauth/salesforce/callback?${new URLSearchParams({ code: 'code', state }).toString()}`);
  }

  /** Sends a form, as a page of the server's own does unless something else is said. */
  async submit(
    address: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = { 'Sec-Fetch-Site': 'same-origin' },
  ): Promise<request.Response> {
    return this.#kept(await this.#sent('post', address).set(headers).type('form').send(form));
  }

  /** Signs in to the console. */
  async signIn(email: string, password: string): Promise<void> {
    this.#kept(
      await this.#sent('post', '/console/session')
        .set('Sec-Fetch-Site', 'same-origin')
        .send({ email, password })
        .expect(200),
    );
  }

  #sent(method: 'get' | 'post', address: string): request.Test {
    const { pathname, search } = new URL(address, this.#server.config.publicUrl);
    const call = request(this.#server.app)[method](pathname + search);
    if (this.#cookies.size > 0)
      void call.set('Cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    return call;
  }

  #kept(answer: request.Response): request.Response {
    for (const cookie of [answer.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      this.#cookies.set(name, value);
    }
    return answer;
  }
}
