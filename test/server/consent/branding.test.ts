import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contrast, readableColour } from '../../../server/src/consent/pages/readable-colour.ts';
import { PAGE_LANGUAGES, textsIn } from '../../../server/src/consent/pages/texts.ts';
import { createOptIn } from '../support/consent.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const ANN = { email: 'ann@example.com' };
const LOGO = `data:image/png;base64,${Buffer.from('a picture').toString('base64')}`;

describe('the pages of a project’s links', () => {
  let server: TestServer;
  let scene: Scene;
  const at = (path: string): string => `/v1/admin/projects/${scene.project}${path}`;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, { upserts: [[contactId(1), moment(0), ANN.email, 'Ann']] }).expect(200);
    await createOptIn(server, scene, 'news', { name: 'Newsletter', description: 'Once a month.' });
    await createOptIn(server, scene, 'offers', { name: 'Offers' });
    await createOptIn(server, scene, 'calls', { name: 'Calls' });
  });
  afterAll(() => server.close());

  const linkOf = async (purpose: string): Promise<string> => {
    const answer = await admin(server, 'post', at('/consent/links'))
      .send({ purpose, contacts: [ANN] })
      .expect(200);
    return new URL((answer.body as { links: { url: string }[] }).links[0]?.url ?? '').pathname;
  };
  const pageOf = async (path: string, language: string): Promise<request.Response> =>
    request(server.app).get(path).set('Accept-Language', language).expect(200);
  const codesOf = (body: unknown): string[] =>
    (body as { optIns: { code: string }[] }).optIns.map(({ code }) => code);

  it('show opt-ins in the order that somebody chose, a new one last', async () => {
    const answer = await admin(server, 'put', at('/opt-ins'))
      .send({ optIns: ['calls', 'news', 'offers'] })
      .expect(200);
    expect(codesOf(answer.body)).toEqual(['calls', 'news', 'offers']);
    await createOptIn(server, scene, 'events', { name: 'Events' });
    const list = await admin(server, 'get', at('/opt-ins')).expect(200);
    expect(codesOf(list.body)).toEqual(['calls', 'news', 'offers', 'events']);
    expect(list.body).toMatchObject({ languages: PAGE_LANGUAGES });
    const page = await pageOf(await linkOf('preferences'), 'en');
    const names = [...page.text.matchAll(/value="(\w+)"[^>]*><span/g)].map(([, code]) => code);
    expect(names).toEqual(['calls', 'news', 'offers', 'events']);
  });

  it.each([[['calls', 'news', 'offers']], [['calls', 'calls', 'news', 'offers']], [['a', 'b', 'c', 'd']]])(
    'keep their order where not each opt-in is named once: %j',
    async (optIns) => {
      const answer = await admin(server, 'put', at('/opt-ins')).send({ optIns }).expect(422);
      expect(answer.body).toMatchObject({ code: 'opt-ins-differ' });
    },
  );

  it('speak of an opt-in in the reader’s language, and prove what was read', async () => {
    await admin(server, 'patch', at('/opt-ins/news'))
      .send({ translations: { fr: { name: 'Infolettre', description: 'Une fois par mois.' } } })
      .expect(200);
    const path = await linkOf('preferences');
    expect((await pageOf(path, 'fr-CA')).text).toContain('Infolettre<small>Une fois par mois.</small>');
    expect((await pageOf(path, 'en')).text).toContain('Newsletter<small>Once a month.</small>');
    expect((await pageOf(path, 'de')).text).toContain('Newsletter');
    await admin(server, 'patch', at('/opt-ins/news'))
      .send({ translations: { xx: { name: 'No language' } } })
      .expect(400);
  });

  it('look like whoever sends the mails, and ask for nothing from elsewhere', async () => {
    const texts = { fr: { intro: 'Bonjour <b>Ann</b>', footer: '1, rue du Marché' } };
    const branding = { name: 'Maison Tremblay', colour: '#ffe066', logo: LOGO, texts };
    await admin(server, 'put', at('/consent/branding')).send(branding).expect(200);
    const answer = await admin(server, 'get', at('/consent/branding')).expect(200);
    expect(answer.body).toEqual({ branding });
    const french = await pageOf(await linkOf('unsubscribe'), 'fr');
    expect(french.text).toContain(`<img class="logo" src="${LOGO}" alt="" />`);
    expect(french.text).toContain('Maison Tremblay ?');
    expect(french.text).toContain('Bonjour &lt;b&gt;Ann&lt;/b&gt;');
    expect(french.text).toContain('<footer>1, rue du Marché</footer>');
    expect(french.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; form-action 'self'/,
    );
    const english = await pageOf(await linkOf('unsubscribe'), 'en');
    expect(english.text).not.toContain('<footer>');
    const events = await admin(server, 'get', '/v1/admin/audit-events?limit=5').expect(200);
    expect(JSON.stringify(events.body)).not.toContain(LOGO);
  });

  it.each([
    { logo: 'https://evil.example/pixel.png' },
    { logo: 'data:text/html;base64,PHA+' },
    { logo: 'data:image/png;base64,"><script>' },
    { logo: `data:image/png;base64,${'A'.repeat(90_000)}` },
    { colour: 'red; } body { display: none' },
    { texts: { xx: { intro: 'x', footer: '' } } },
  ])('are no place for %j', async (branding) => {
    await admin(server, 'put', at('/consent/branding')).send(branding).expect(400);
  });

  it('can be looked at before anybody gets them, without anything being recorded', async () => {
    for (const purpose of ['unsubscribe', 'preferences', 'confirmation'])
      for (const language of PAGE_LANGUAGES) {
        const path = at(`/consent/preview?purpose=${purpose}&language=${language}`);
        const page = await admin(server, 'get', path).expect(200);
        expect(page.text).toContain(textsIn(language).preview);
        expect(page.text).toContain('<form method="post">');
        expect(page.headers['content-security-policy']).toContain("form-action 'none'");
      }
    await admin(server, 'get', at('/consent/preview?purpose=unsubscribe&language=xx')).expect(400);
    const { knex } = server.database;
    expect(await knex('di.consent_event').count('* as count').first()).toEqual({ count: 0 });
  });

  it('are granted by nobody for somebody else without a reason and a proof', async () => {
    const grant = async (more: object): Promise<unknown> => {
      const change = { contact: ANN, optIn: 'offers', status: 'granted', source: 'console', ...more };
      const answer = await admin(server, 'post', at('/consent'))
        .send({ changes: [change] })
        .expect(200);
      const [result] = (answer.body as { results: { result: string; code: string | null }[] }).results;
      return [result?.result, result?.code];
    };
    const missing = ['rejected', 'proof-missing'];
    expect(await grant({})).toEqual(missing);
    expect(await grant({ note: 'asked on the phone' })).toEqual(missing);
    expect(await grant({ note: ' ', proof: { how: 'phone' } })).toEqual(missing);
    expect(await grant({ note: 'asked on the phone', proof: {} })).toEqual(missing);
    const proof = { how: 'phone', reference: 'call 17' };
    expect(await grant({ note: 'asked on the phone', proof })).toEqual(['applied', null]);
    expect(await grant({ status: 'withdrawn' })).toEqual(['applied', null]);
  });
});

describe('a colour that somebody wishes', () => {
  it.each(['#ffe066', '#ffffff', '#000000', '#0b5cab', '#ff0000', '#808080'])(
    'is made one that can be read by day and in the dark: %s',
    (wished) => {
      expect(contrast(readableColour(wished, '#ffffff', '#000000'), '#ffffff')).toBeGreaterThanOrEqual(4.5);
      expect(contrast(readableColour(wished, '#1a222e', '#ffffff'), '#1a222e')).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('stays as it is where it can be read', () => {
    expect(readableColour('#0b5cab', '#ffffff', '#000000')).toBe('#0b5cab');
  });
});

describe('the languages of the pages', () => {
  const placesIn = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

  it('say the same, with the same values filled in', () => {
    const english = Object.entries(textsIn('en'));
    for (const language of PAGE_LANGUAGES) {
      const texts = new Map(Object.entries(textsIn(language)));
      for (const [name, text] of english)
        expect(placesIn(texts.get(name) ?? ''), `${language}: ${name}`).toEqual(placesIn(text));
    }
  });
});
