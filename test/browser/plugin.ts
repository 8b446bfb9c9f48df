/** An org, as far as the API sees one. */
export interface Org {
  describe(object: string, fields: readonly object[]): Promise<void>;
  send(object: string, fields: readonly string[], upserts: readonly unknown[]): Promise<void>;
  /** The same, to a table; answers the status. */
  offer(
    table: string,
    object: string,
    fields: readonly string[],
    upserts: readonly unknown[],
  ): Promise<number>;
}

/** Introduces an org with a connection's keys, as the plugin does. */
export async function authorizeAsPlugin(url: string, keyId: string, secret: string): Promise<Org> {
  const organizationId = '00D000000000001EAA';
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: keyId,
      client_secret: secret,
      organization_id: organizationId,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  let batches = 0;
  const request = (method: string, path: string, body: object): Promise<Response> => {
    batches += 1;
    return fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': `batch-${batches}`,
      },
      body: JSON.stringify(body),
    });
  };
  const call = async (method: string, path: string, body: object): Promise<void> => {
    const response = await request(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  };
  await call('POST', '/v1/plugin/authorize', { organizationId });
  return {
    describe: (object, fields) => call('PUT', `/v1/plugin/objects/${object}`, { fields }),
    send: (object, fields, upserts) =>
      call('POST', '/v1/tables/Contact/batches', { object, fields, upserts }),
    offer: async (table, object, fields, upserts) =>
      (await request('POST', `/v1/tables/${table}/batches`, { object, fields, upserts })).status,
  };
}
