import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  PRIVATE_KEY,
  PUBLIC_KEY,
  SECURITY_TOKEN,
  SOAP,
  soapFault,
  startAuthorizationStage,
  TOKEN,
  type AuthorizationStage,
} from '../support/authorization-stage.ts';
import type { SalesforceDouble } from '../support/salesforce-double.ts';
import { admin, type TestServer } from '../support/test-server.ts';

describe('authorizing a connection', () => {
  let stage: AuthorizationStage;
  let server: TestServer;
  let salesforce: SalesforceDouble;
  beforeAll(async () => {
    stage = await startAuthorizationStage();
    ({ server, salesforce } = stage);
  });
  beforeEach(() => stage.set());
  afterAll(() => stage.close());

  describe('by JWT', () => {
    it('asks with a token that the key signed, for the user and the address, good for a few minutes', async () => {
      const answer = await stage.byJwt().expect(201);
      expect(answer.body).toMatchObject({
        authorization: { kind: 'jwt-bearer', status: 'authorized' },
        warnings: [],
      });
      const claims = jwt.verify(salesforce.requestsOf(TOKEN)[0]?.form.get('assertion') ?? '', PUBLIC_KEY, {
        algorithms: ['RS256'],
        audience: salesforce.url,
        issuer: 'jwt-app',
        subject: 'marketing@example.com',
      }) as jwt.JwtPayload;
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBeLessThanOrEqual(300);
    });

    it('renews a session with another token', async () => {
      await stage.byJwt().expect(201);
      salesforce.expire();
      const tested = await admin(server, 'post', `${stage.connectionPath}/test`).expect(200);
      expect((tested.body as { findings: unknown[] }).findings[0]).toMatchObject({ level: 'ok' });
      expect(salesforce.requestsOf(TOKEN)).toHaveLength(2);
    });

    it('explains that the user has not approved the app', async () => {
      salesforce.script(TOKEN, {
        status: 400,
        json: { error: 'invalid_grant', error_description: 'user hasn’t approved this consumer' },
      });
      const answer = await stage.byJwt().expect(422);
      expect(answer.body).toMatchObject({ code: 'salesforce-refused', salesforce: { kind: 'stop' } });
      expect((answer.body as { detail: string }).detail).toMatch(/Pre-authorize the user/);
    });

    it.each([
      ['with spaces around its lines', (pem: string) => `  ${pem.replaceAll('\n', '  \n\t')}  `],
      ['with its line breaks as two characters', (pem: string) => pem.replaceAll('\n', '\\n')],
      ['in one line', (pem: string) => pem.replaceAll('\n', ' ')],
      ['in one line without spaces', (pem: string) => pem.replaceAll('\n', '')],
      ['with line breaks of Windows', (pem: string) => pem.replaceAll('\n', '\r\n')],
      ['with words around it', (pem: string) => `Bag Attributes\n  friendlyName: di\n${pem}\nend`],
    ])('takes a key that was pasted %s', async (_how, pasted) => {
      await stage.byJwt({ privateKey: pasted(PRIVATE_KEY) }).expect(201);
      salesforce.expire();
      const tested = await admin(server, 'post', `${stage.connectionPath}/test`).expect(200);
      expect((tested.body as { findings: unknown[] }).findings[0]).toMatchObject({ level: 'ok' });
    });

    it.each([
      ['half', /give all of it/, PRIVATE_KEY.slice(0, 200)],
      ['the public one', /is a public key: give the private key/, PUBLIC_KEY],
      ['one with a passphrase', /passphrase/, PRIVATE_KEY.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY')],
    ])('says what is wrong with %s', async (_which, message, privateKey) => {
      const answer = await stage.byJwt({ privateKey }).expect(400);
      expect((answer.body as { detail: string }).detail).toMatch(message);
    });

    it('refuses what is no RSA key, without saying what was sent', async () => {
      const { privateKey: elliptic } = generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      for (const key of ['my own words', PUBLIC_KEY, elliptic]) {
        const answer = await stage.byJwt({ privateKey: key }).expect(400);
        expect(answer.text).not.toContain(key.slice(0, 30));
      }
      expect(salesforce.requests).toHaveLength(0);
    });
  });

  describe('by user name, password and security token', () => {
    it('logs in with all three, and warns that Salesforce ends it', async () => {
      salesforce.script(SOAP, () => stage.soapAnswer());
      const answer = await stage.byPassword().expect(201);
      expect(answer.body).toMatchObject({
        authorization: { kind: 'password', userName: 'marketing@example.com' },
      });
      expect(JSON.stringify(answer.body)).toMatch(/Summer ’27/);
      const asked = salesforce.requestsOf(SOAP)[0];
      expect(asked?.path).toBe('/services/Soap/u/64.0');
      expect(asked?.body).toContain(`<password>pass &amp; &lt;word&gt;${SECURITY_TOKEN}</password>`);
    });

    it.each([
      [
        soapFault('INVALID_LOGIN', 'Invalid username, password, security token; or user locked out.'),
        /security token/,
      ],
      [
        soapFault('LOGIN_MUST_USE_SECURITY_TOKEN', 'When accessing Salesforce from outside…'),
        /Reset My Security Token/,
      ],
      [
        soapFault('INVALID_OPERATION', 'SOAP API login() is disabled by default in this org.'),
        /Authorize in the browser/,
      ],
      [
        soapFault('API_DISABLED_FOR_ORG', 'API is not enabled for this Organization or Partner'),
        /Professional Edition/,
      ],
      [{ status: 200, text: '<html>Welcome to the café</html>' }, /something else than Salesforce/],
    ])('explains a refusal: %#', async (fault, explanation) => {
      salesforce.script(SOAP, fault);
      const answer = await stage.byPassword().expect(422);
      expect((answer.body as { detail: string }).detail).toMatch(explanation);
      expect((await stage.page()).authorization).toBeNull();
    });

    it('is not tried again by itself once the password is wrong, since that would lock the user out', async () => {
      salesforce.script(SOAP, () => stage.soapAnswer());
      await stage.byPassword().expect(201);
      salesforce.expire();
      salesforce.script(SOAP, soapFault('INVALID_LOGIN', 'Invalid username, password, security token'));
      const org = await server.services.orgs.open(stage.scene.connectionId, 'checks');
      for (let turn = 0; turn < 3; turn++)
        await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'stop' });
      await expect(server.services.orgs.open(stage.scene.connectionId, 'checks')).rejects.toMatchObject({
        code: 'not-authorized',
      });
      expect(salesforce.requestsOf(SOAP)).toHaveLength(2);
    });

    it('says that an edition has no API', async () => {
      salesforce.script(SOAP, () => stage.soapAnswer());
      salesforce.script(/\/query$/, {
        status: 403,
        json: [
          {
            errorCode: 'API_DISABLED_FOR_ORG',
            message: 'API is not enabled for this Organization or Partner',
          },
        ],
      });
      const answer = await stage.byPassword().expect(422);
      expect((answer.body as { detail: string }).detail).toMatch(
        /Enterprise, Performance, Unlimited and Developer/,
      );
    });
  });
});
