import { generateKeyPairSync } from 'node:crypto';
import { pino } from 'pino';
import type request from 'supertest';
import { APP, startSalesforceDouble, type DoubleAnswer, type SalesforceDouble } from './salesforce-double.ts';
import { admin, createScene, startTestServer, type Scene, type TestServer } from './test-server.ts';

export const TOKEN = /oauth2\/token$/;
export const SOAP = /^\/services\/Soap\//;
export const PASSWORD = 'pass & <word>';
export const SECURITY_TOKEN = 'SecurityTokenOfTheUser';
export const { privateKey: PRIVATE_KEY, publicKey: PUBLIC_KEY } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** A server whose connection can be authorized in a double of Salesforce. */
export class AuthorizationStage {
  readonly server: TestServer;
  readonly salesforce: SalesforceDouble;
  /** Every line that the server logged. */
  readonly logged: readonly string[];
  #scene: Scene | null = null;

  constructor(server: TestServer, salesforce: SalesforceDouble, logged: readonly string[]) {
    this.server = server;
    this.salesforce = salesforce;
    this.logged = logged;
  }

  get scene(): Scene {
    if (!this.#scene) throw new Error('A stage is set before each test.');
    return this.#scene;
  }

  /** Makes a connection that nobody has authorized. */
  async set(): Promise<void> {
    this.salesforce.reset();
    this.#scene = await createScene(this.server);
  }

  get connectionPath(): string {
    return `/v1/admin/connections/${this.scene.connectionId}`;
  }

  async page(): Promise<Record<string, unknown>> {
    const answer = await admin(this.server, 'get', this.connectionPath).expect(200);
    return answer.body as Record<string, unknown>;
  }

  byPassword(body: object = {}): request.Test {
    return admin(this.server, 'post', `${this.connectionPath}/authorizations/password`).send({
      login: this.salesforce.url,
      userName: 'marketing@example.com',
      password: PASSWORD,
      securityToken: SECURITY_TOKEN,
      ...body,
    });
  }

  byJwt(body: object = {}): request.Test {
    return admin(this.server, 'post', `${this.connectionPath}/authorizations/jwt-bearer`).send({
      login: this.salesforce.url,
      clientId: 'jwt-app',
      userName: 'marketing@example.com',
      privateKey: PRIVATE_KEY,
      ...body,
    });
  }

  inBrowser(body: object = {}): request.Test {
    return admin(this.server, 'post', `${this.connectionPath}/authorizations/web-server`).send({
      login: this.salesforce.url,
      ...body,
    });
  }

  /** What SOAP login() answers. */
  soapAnswer(): DoubleAnswer {
    const { url, organizationId } = this.salesforce;
    return {
      headers: { 'Content-Type': 'text/xml' },
      text: `<Envelope><Body><loginResponse><result><passwordExpired>false</passwordExpired><serverUrl>${url}/services/Soap/u/64.0/00D000000000001</serverUrl><sessionId>${this.salesforce.session()}</sessionId><userId>005000000000001AAA</userId><userInfo><organizationId>${organizationId}</organizationId></userInfo></result></loginResponse></Body></Envelope>`,
    };
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.salesforce.close();
  }
}

export async function startAuthorizationStage(): Promise<AuthorizationStage> {
  const salesforce = await startSalesforceDouble();
  const logged: string[] = [];
  const server = await startTestServer(
    null,
    { salesforceOrigins: [salesforce.url], salesforceApp: APP },
    pino({ level: 'trace' }, { write: (line) => void logged.push(line) }),
  );
  return new AuthorizationStage(server, salesforce, logged);
}

/** A refusal of SOAP login(). */
export function soapFault(code: string, text: string): DoubleAnswer {
  return {
    status: 500,
    text: `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${text}</faultstring></e:Fault></e:Body></e:Envelope>`,
  };
}
