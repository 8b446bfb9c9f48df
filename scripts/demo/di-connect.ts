/** The admin API, as an operator calls it. */
export class DiConnect {
  readonly url: string;
  readonly #token: string;
  readonly #account: string | null;

  /** @param account id of the account to act on; the default one where none is named */
  constructor(url: string, adminToken: string, account: string | null = null) {
    this.url = url;
    this.#token = adminToken;
    this.#account = account;
  }

  /** Calls an endpoint; throws the problem it answers. */
  async call<T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(this.#account === null ? {} : { 'DI-Account': this.#account }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  /** Rows of a table, by primary key, and how many there are. */
  rows(
    project: string,
    table: string,
    limit = 1000,
  ): Promise<{ count: number; rows: Record<string, unknown>[] }> {
    return this.call('GET', `/v1/admin/projects/${project}/tables/${table}/rows?limit=${limit}&count=true`);
  }
}
