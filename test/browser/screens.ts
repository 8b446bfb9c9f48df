import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import express, { type Express, type Request, type Response } from 'express';
import { buildApp } from './compile/app.ts';
import { ROOT } from './compile/components.ts';
import { buildVendor } from './compile/vendor.ts';
import { createOrg } from '../local-org/org.ts';
import { auraAnswers } from '../local-org/rest/aura-answers.ts';
import { lightningTabs, pageOf } from './lightning-app.ts';

export interface Screens {
  readonly url: string;
  close(): Promise<void>;
}

/** An org to call, and a session in it. */
export interface OrgSession {
  readonly url: string;
  readonly token: string;
}

/**
 * Serves the package's screens as they are in an org, below /lightning, and passes their Apex calls on to a local org. The
 * browser never sees the session, as it does not in Lightning.
 */
export async function serveScreens(org: OrgSession, port = 0): Promise<Screens> {
  const vendor = await buildVendor();
  const code = await buildApp();
  const app = express();
  app.disable('x-powered-by');
  // A page that is opened again takes them as the browser has them, compiled: they are most of its time.
  const kept = { immutable: true, maxAge: '1h' };
  app.use('/lightning/vendor', express.static(vendor.folder, kept));
  app.use(
    '/lightning/slds',
    express.static(path.join(ROOT, 'node_modules/@salesforce-ux/design-system/assets'), kept),
  );
  app.get('/lightning/app.js', (_request, response) => {
    response.type('text/javascript').send(code);
  });
  const { answers, types } = auraAnswers(createOrg({ sources: [path.join(ROOT, 'force-app')] }).program);
  app.get('/lightning/apex-answers.js', (_request, response) => {
    response
      .type('text/javascript')
      .send(
        `export const answers = ${JSON.stringify(answers)};\nexport const types = ${JSON.stringify(types)};`,
      );
  });
  app.get('/lightning/known-members.js', (_request, response) => {
    response.sendFile(path.join(ROOT, 'test/support/known-members.js'));
  });
  app.use('/lightning', express.static(path.join(import.meta.dirname, 'page')));
  app.get('/lightning/n/:tab', (request, response) => {
    const language = request.query.language === 'fr' ? 'fr' : 'en_US';
    const tabs = lightningTabs(language);
    const tab = tabs.find(({ name }) => name === request.params.tab);
    if (tab) response.send(pageOf(tab, tabs, vendor, language));
    else response.status(404).send('There is no such tab.');
  });
  app.get('/', (_request, response) => {
    response.redirect(`/lightning/n/${lightningTabs('en_US')[0]?.name ?? ''}`);
  });
  app.post(
    '/local/apex/:className/:method',
    express.text({ type: () => true, limit: '1mb' }),
    (request, response) => passOn(org, request, response),
  );
  return listen(app, port);
}

async function passOn(org: OrgSession, request: Request, response: Response): Promise<void> {
  const answer = await fetch(`${org.url}${request.path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${org.token}`, 'content-type': 'application/json' },
    body: String(request.body),
  });
  response
    .status(answer.status)
    .type('application/json')
    .send(await answer.text());
}

async function listen(app: Express, port: number): Promise<Screens> {
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
