import request from 'supertest';
import { LOGIN } from '../../local-org/rest/settings.ts';
import { startOrg, type OrgProcess } from '../../../scripts/demo/salesforce.ts';
import { admin, startTestServer, type TestServer } from './test-server.ts';
import type { Config } from '../../../server/src/config.ts';

export { LOGIN };

/** A server and a local org that may be a connection's. */
export interface SalesforceStage {
  readonly server: TestServer;
  readonly org: OrgProcess;
  close(): Promise<void>;
}

/**
 * @param changes of the server's configuration
 * @param sources of the org beside the package
 */
export async function startStage(
  changes: Partial<Config> = {},
  sources: readonly string[] = [],
): Promise<SalesforceStage> {
  const org = await startOrg([], 0, sources);
  const server = await startTestServer(null, {
    salesforceOrigins: [org.url],
    salesforceApp: { clientId: LOGIN.clientId, clientSecret: LOGIN.clientSecret },
    ...changes,
  });
  return {
    server,
    org,
    close: async () => {
      await server.close();
      await org.stop();
    },
  };
}

/** Authorizes a connection by user name, password and security token. */
export async function authorizeByPassword(
  server: TestServer,
  connectionId: string,
  orgUrl: string,
): Promise<void> {
  await admin(server, 'post', `/v1/admin/connections/${connectionId}/authorizations/password`)
    .send({ login: orgUrl, userName: LOGIN.userName, password: LOGIN.password, securityToken: 'token' })
    .expect(201);
}

/** Has something go wrong in the local org; see test/local-org/rest/faults.ts. */
export async function orderFault(orgUrl: string, fault: object): Promise<void> {
  const answer = await fetch(`${orgUrl}/local/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
  if (!answer.ok) throw new Error(`The fault was not taken: ${await answer.text()}`);
}

/** Has everything go right again. */
export async function clearFaults(orgUrl: string): Promise<void> {
  await fetch(`${orgUrl}/local/faults`, { method: 'DELETE' });
}

/** Changes settings of the local org; see test/local-org/rest/settings.ts. */
export async function changeSettings(orgUrl: string, settings: object): Promise<void> {
  const answer = await fetch(`${orgUrl}/local/settings`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  });
  if (!answer.ok) throw new Error(`The settings were not taken: ${await answer.text()}`);
}

/** Begins an authorization in the browser; answers the address to open. */
export async function beginInBrowser(
  server: TestServer,
  connectionId: string,
  login: string,
  options: { readonly token?: string; readonly app?: object } = {},
): Promise<URL> {
  const path = `/v1/admin/connections/${connectionId}/authorizations/web-server`;
  const begun = await admin(server, 'post', path, options.token)
    .send({ login, ...options.app })
    .expect(201);
  return new URL((begun.body as { address: string }).address);
}

/** Comes back from Salesforce, as the browser does. */
export function comeBack(server: TestServer, query: Readonly<Record<string, string>>): request.Test {
  return request(server.app).get(`/oauth/salesforce/callback?${new URLSearchParams(query).toString()}`);
}

/** Authorizes a connection in the browser, with whatever code. */
export async function authorizeInBrowser(
  server: TestServer,
  connectionId: string,
  login: string,
): Promise<void> {
  const address = await beginInBrowser(server, connectionId, login);
  await comeBack(server, { code: 'code', state: address.searchParams.get('state') ?? '' }).expect(200);
}
