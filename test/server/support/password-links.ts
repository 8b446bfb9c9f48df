import request from 'supertest';
import { as } from './accounts.ts';
import { startMailServer, type MailServer } from './mail-server.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** What is answered to whoever adds a user, or has one choose a password. */
export interface MadeLink {
  readonly id: string;
  readonly link: string | null;
  readonly message: string | null;
}

/** Somebody of an account; without a password they are invited. */
export async function addUser(
  server: TestServer,
  token: string,
  email: string,
  more: object = {},
): Promise<MadeLink> {
  const answer = await as(server, token, 'post', '/v1/admin/users')
    .send({ email, name: 'Ann', role: 'marketer', ...more })
    .expect(201);
  return answer.body as MadeLink;
}

/** The token of a link to choose a password, wherever it stands in a text. */
export const linkToken = (text: string | null | undefined): string =>
  /#\/choose-password\/([\w-]+)/.exec(text ?? '')?.[1] ?? 'none';

export const useLink = (server: TestServer, token: string, password: string): request.Test =>
  request(server.app).post('/v1/password-links/use').send({ token, password });

export const readLink = (server: TestServer, token: string): request.Test =>
  request(server.app).post('/v1/password-links/read').send({ token });

/** Asks for a link, as whoever has forgotten their password does. */
export const askForLink = (server: TestServer, email: string): request.Test =>
  request(server.app).post('/v1/password-resets').send({ email });

/** Has a user choose a new password. */
export const sendLink = (server: TestServer, token: string, id: string): request.Test =>
  as(server, token, 'post', `/v1/admin/users/${id}/password-link`).send({});

/** A server behind one proxy, and the mail server that its mails go to. */
export async function startMailingServer(): Promise<{ server: TestServer; mail: MailServer }> {
  const mail = await startMailServer();
  const server = await startTestServer(null, {
    trustedProxies: 1,
    alerts: { smtpUrl: mail.url, from: 'DI <di@example.com>', privateHosts: [] },
  });
  return { server, mail };
}
