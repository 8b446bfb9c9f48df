import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import { z } from 'zod';
import type { DiConnect } from '../di-connect.ts';
import type { Salesforce } from '../salesforce.ts';
import { PROJECT } from '../set-up.ts';
import { OPT_IN, unsubscribeLink } from '../way-back.ts';
import { readFacts } from './travel.ts';
import { WatchedContact } from './watched-contact.ts';

/** What the page reads and changes. */
export interface Watching {
  readonly di: DiConnect;
  readonly salesforce: Salesforce;
  /** The field in Salesforce that DI made for the opt-in. */
  readonly optInField: string;
  readonly consoleUrl: string;
  readonly orgUrl: string;
}

const identified = z.object({ contact: z.string().regex(/^003\w{12}(\w{3})?$/) });
const change = z.strictObject({ Phone: z.string().max(40), MailingCity: z.string().max(40) });

/** A page that is served. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page on which one contact is watched on its way, on this machine only. */
export async function serveWatch(watching: Watching, port: number): Promise<Served> {
  const app = express();
  app.disable('x-powered-by');
  app.use(ownPageOnly);
  app.use(express.static(path.join(import.meta.dirname, 'page')));
  app.use(express.json());
  addRoutes(app, watching);
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.status(502).json({ message: error instanceof Error ? error.message : String(error) });
  });
  const server = app.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** The page holds both sides' keys for whoever calls it: other sites may not. */
function ownPageOnly(request: Request, response: Response, next: NextFunction): void {
  const site = request.get('Sec-Fetch-Site');
  response.set(
    'Content-Security-Policy',
    "default-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  );
  if (request.method === 'GET' || site === undefined || site === 'same-origin') next();
  else response.status(403).json({ message: 'Use the page itself.' });
}

function addRoutes(app: express.Express, { di, salesforce, optInField, consoleUrl, orgUrl }: Watching): void {
  const watched = new Map<string, WatchedContact>();
  app.get('/contacts', async (_request, response) => {
    const { records } = await salesforce.connection.query<{ Id: string; Name: string; Email: string }>(
      'SELECT Id, Name, Email FROM Contact ORDER BY Name LIMIT 200',
    );
    response.json({ contacts: records.map(({ Id, Name, Email }) => ({ id: Id, name: Name, email: Email })) });
  });
  app.get('/contacts/:contact', async (request, response) => {
    const { contact: id } = identified.parse(request.params);
    const facts = await readFacts(di, salesforce, id, optInField);
    const contact = watched.get(id) ?? new WatchedContact(optInField);
    watched.set(id, contact);
    response.json({
      name: facts.contact.Name,
      email: facts.contact.Email,
      fields: contact.shown(facts),
      row: facts.record.row,
      steps: contact.see(facts),
      links: {
        salesforce: `${orgUrl}/lightning/r/Contact/${id}/view`,
        console: `${consoleUrl}#/projects/${PROJECT}/Contact/records/${id}`,
      },
    });
  });
  app.post('/contacts/:contact', async (request, response) => {
    const { contact: id } = identified.parse(request.params);
    await salesforce.update('Contact', { Id: id, ...change.parse(request.body) });
    response.status(204).end();
  });
  app.post('/contacts/:contact/:act', async (request, response) => {
    const { contact: id } = identified.parse(request.params);
    const { record } = await readFacts(di, salesforce, id, optInField);
    const email = z.object({ email: z.string() }).parse(record.key).email;
    if (request.params.act === 'unsubscribe') await clickUnsubscribe(di, email);
    else await grant(di, email);
    response.status(204).end();
  });
}

/** As a mailbox does it (RFC 8058). */
async function clickUnsubscribe(di: DiConnect, email: string): Promise<void> {
  await fetch(await unsubscribeLink(di, email), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
}

async function grant(di: DiConnect, email: string): Promise<void> {
  await di.call('POST', `/v1/admin/projects/${PROJECT}/consent`, {
    changes: [{ contact: { email }, optIn: OPT_IN, status: 'granted', source: 'api' }],
  });
}
