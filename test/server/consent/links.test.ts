import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent, consentOf, createOptIn, statusOf } from '../support/consent.ts';
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
const HOSTILE = '<script>alert("1")</script>';

describe('a link for somebody', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    await createOptIn(server, scene, 'newsletter', { description: HOSTILE });
    await createOptIn(server, scene, 'calls');
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, { upserts: [[contactId(1), moment(0), ANN.email, 'Ann']] }).expect(200);
    await changeConsent(server, scene, [
      { contact: ANN, optIn: 'newsletter', status: 'granted' },
      { contact: ANN, optIn: 'calls', status: 'granted' },
    ]);
  });

  interface Made {
    readonly url: string | null;
    readonly headers: Record<string, string> | null;
    readonly code: string | null;
  }
  const make = async (body: object): Promise<Made[]> => {
    const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/links`)
      .send({ contacts: [ANN], ...body })
      .expect(200);
    return (answer.body as { links: Made[] }).links;
  };
  /** The path of a new link. */
  const linkTo = async (purpose: string, optIn: string | null): Promise<string> => {
    const [link] = await make({ purpose, optIn });
    return new URL(link?.url ?? '').pathname;
  };
  const page = (path: string, language = 'en') =>
    request(server.app).get(path).set('Accept', 'text/html').set('Accept-Language', language);
  const press = (path: string, form: string) =>
    request(server.app).post(path).type('form').set('Accept', 'text/html').send(form);

  it('is made with the headers of a mail ready, on the public address', async () => {
    const [known, unknown] = await make({
      purpose: 'unsubscribe',
      optIn: 'newsletter',
      contacts: [ANN, { email: 'nobody@example.com' }],
    });
    expect(known?.url).toMatch(/^http:\/\/di\.example\.com\/u\/[\w-]{118}$/);
    expect(known?.headers).toEqual({
      'List-Unsubscribe': `<${known?.url ?? ''}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
    expect(unknown).toMatchObject({ url: null, code: 'unknown-contact' });
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/links`)
      .send({ purpose: 'confirmation', contacts: [ANN] })
      .expect(422);
  });

  it('unsubscribes with one click, once, without cookie, redirect or question', async () => {
    const path = await linkTo('unsubscribe', 'newsletter');
    for (let time = 0; time < 3; time++) {
      const answer = await request(server.app).post(path).type('form').send('List-Unsubscribe=One-Click');
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty('set-cookie');
    }
    const { consents, events } = await consentOf(server, scene, ANN);
    expect(consents.map(({ status }) => status)).toEqual(['withdrawn', 'granted']);
    expect(events).toHaveLength(3);
    expect(events[2]).toMatchObject({
      source: 'unsubscribe-link',
      previous: 'granted',
      status: 'withdrawn',
      actor: { kind: 'person' },
      proof: { action: 'one-click', link: 'unsubscribe' },
    });
  });

  it('unsubscribes with one click that comes as multipart, as RFC 8058 prefers', async () => {
    const path = await linkTo('unsubscribe', null);
    await request(server.app).post(path).field('List-Unsubscribe', 'One-Click').expect(200);
    expect((await consentOf(server, scene, ANN)).consents.map(({ status }) => status)).toEqual([
      'withdrawn',
      'withdrawn',
    ]);
  });

  it('changes nothing by being looked at', async () => {
    const path = await linkTo('unsubscribe', 'newsletter');
    await page(path).expect(200);
    await request(server.app).head(path).expect(200);
    await page(`${path}?utm_source=mail`).expect(200);
    await press(path, '').expect(200);
    await press(path, 'action=save').expect(200);
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
    expect((await consentOf(server, scene, ANN)).events).toHaveLength(2);
  });

  it('asks on a page, says what was done, and lets the person undo it', async () => {
    const path = await linkTo('unsubscribe', 'newsletter');
    const asked = await page(path).expect(200);
    expect(asked.text).toContain('Should a•••@example.com no longer receive “The newsletter” from Test?');
    expect(asked.text).not.toContain(ANN.email);
    const done = await press(path, 'action=unsubscribe').expect(200);
    expect(done.text).toMatch(
      /a•••@example\.com no longer receives “The newsletter”\. This was recorded on .* UTC/,
    );
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
    expect((await page(path).expect(200)).text).toContain('There is nothing left to do');
    await press(path, 'action=undo').expect(200);
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
    const { events } = await consentOf(server, scene, ANN);
    expect(events.slice(2).map(({ status, proof }) => [status, proof])).toMatchObject([
      ['withdrawn', { action: 'unsubscribe', language: 'en' }],
      ['granted', { action: 'undo' }],
    ]);
    expect(JSON.stringify(events[2]?.proof)).toContain('Should a•••@example.com no longer');
  });

  const statuses = async (): Promise<(string | null)[]> =>
    (await consentOf(server, scene, ANN)).consents.map(({ status }) => status);

  it('is about one thing, and offers everything to who wants nothing any more', async () => {
    const path = await linkTo('unsubscribe', 'newsletter');
    const asked = await page(path).expect(200);
    expect(asked.text).toContain('no longer receive “The newsletter” from Test?');
    expect(asked.text).toContain('Test may still send you other messages.');
    const one = await press(path, 'action=unsubscribe').expect(200);
    expect(one.text).toContain('no longer receives “The newsletter”');
    expect(await statuses()).toEqual(['withdrawn', 'granted']);
    const all = await press(path, 'action=all-off').expect(200);
    expect(all.text).toContain('no longer receives the messages of Test');
    expect(all.text).not.toContain('may still send you');
    expect(await statuses()).toEqual(['withdrawn', 'withdrawn']);
    const undone = await press(path, 'action=undo-all').expect(200);
    expect(undone.text).toContain('receives the messages of Test again');
    expect(await statuses()).toEqual(['granted', 'granted']);
  });

  it('means everything by everything, whatever preferences it is for', async () => {
    const path = await linkTo('preferences', 'newsletter');
    expect((await page(path).expect(200)).text.match(/<input type="checkbox"/g)).toHaveLength(1);
    const done = await press(path, 'action=all-off').expect(200);
    expect(done.text).toContain('no longer receives the messages of Test');
    expect(done.text).not.toContain('value="all-off"');
    expect(await statuses()).toEqual(['withdrawn', 'withdrawn']);
  });

  it('still offers everything where the opt-ins that are left are archived', async () => {
    for (const code of ['newsletter', 'calls'])
      await admin(server, 'post', `/v1/admin/projects/${scene.project}/opt-ins/${code}/archive`).expect(200);
    const path = await linkTo('preferences', null);
    expect((await page(path).expect(200)).text).toContain('value="all-off"');
    await press(path, 'action=all-off').expect(200);
    expect(await statuses()).toEqual(['withdrawn', 'withdrawn']);
  });

  it('is not made where there is nothing to unsubscribe from', async () => {
    const empty = await createScene(server);
    const token = await authorizedToken(server, empty);
    await postBatch(server, token, { upserts: [[contactId(1), moment(0), ANN.email, 'Ann']] }).expect(200);
    const answer = await admin(server, 'post', `/v1/admin/projects/${empty.project}/consent/links`).send({
      purpose: 'unsubscribe',
      contacts: [ANN],
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'no-opt-ins' });
  });

  it('undoes nothing that it has not done', async () => {
    const path = await linkTo('unsubscribe', 'newsletter');
    await changeConsent(server, scene, [{ contact: ANN, optIn: 'newsletter', status: 'withdrawn' }]);
    await press(path, 'action=undo').expect(200);
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
  });

  it('offers every opt-in on the page of preferences, and records what is chosen', async () => {
    const path = await linkTo('preferences', null);
    const shown = await page(path, 'fr-CA, en;q=0.5').expect(200);
    expect(shown.text).toContain('<html lang="fr">');
    expect(shown.text.match(/<input type="checkbox"/g)).toHaveLength(2);
    expect(shown.text.match(/ checked /g)).toHaveLength(2);
    await press(path, 'action=save&optIn=calls').expect(200);
    expect((await consentOf(server, scene, ANN)).consents.map(({ status }) => status)).toEqual([
      'withdrawn',
      'granted',
    ]);
    await press(path, 'action=save&optIn=calls&optIn=newsletter&optIn=nonsense').expect(200);
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
    await press(path, 'action=all-off').expect(200);
    const { consents, events } = await consentOf(server, scene, ANN);
    expect(consents.map(({ status }) => status)).toEqual(['withdrawn', 'withdrawn']);
    expect(events.slice(2).map(({ source }) => source)).toEqual(Array(4).fill('preference-page'));
  });

  it('confirms a double opt-in, and only one that is pending', async () => {
    await createOptIn(server, scene, 'offers', { isDouble: true });
    const path = await linkTo('confirmation', 'offers');
    expect((await page(path).expect(200)).text).toContain('There is nothing to confirm');
    await press(path, 'action=confirm').expect(200);
    expect(await statusOf(server, scene, ANN.email, 'offers')).toBeNull();
    await changeConsent(server, scene, [{ contact: ANN, optIn: 'offers', status: 'granted' }]);
    await page(path).expect(200);
    expect(await statusOf(server, scene, ANN.email, 'offers')).toBe('pending');
    const done = await press(path, 'action=confirm').expect(200);
    expect(done.text).toContain('Thank you, you are subscribed');
    expect(await statusOf(server, scene, ANN.email, 'offers')).toBe('granted');
  });

  it('does not confirm what has been pending for too long', async () => {
    await createOptIn(server, scene, 'offers', { isDouble: true, confirmWithin: 1 });
    const path = await linkTo('confirmation', 'offers');
    await changeConsent(server, scene, [
      { contact: ANN, optIn: 'offers', status: 'granted', occurredAt: '2026-01-01T00:00:00Z' },
    ]);
    expect((await press(path, 'action=confirm').expect(200)).text).toContain('came too late');
    expect(await statusOf(server, scene, ANN.email, 'offers')).toBe('pending');
  });

  it('is safe to show: no script, nothing from elsewhere, no frame, the address told to nobody', async () => {
    for (const path of [await linkTo('preferences', null), '/u/nonsense']) {
      const { headers, text } = await page(path);
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
      expect(text).not.toContain(HOSTILE);
      expect(text).not.toContain('<script');
    }
    expect((await page(await linkTo('preferences', null))).text).toContain(
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;',
    );
  });

  it('looks the same whether it is tampered with, unknown or revoked', async () => {
    const path = await linkTo('unsubscribe', 'newsletter');
    const tampered = path.slice(0, -4) + (path.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/links/revoke`)
      .send({ contacts: [ANN] })
      .expect(200, { revoked: 1, rejected: [] });
    const wrong = [path, tampered, `/u/${'A'.repeat(118)}`, '/u/x', '/u/%00', '/u/..%2F..%2Fetc'];
    const pages = await Promise.all(wrong.map((each) => page(each)));
    expect(new Set(pages.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(pages[0]?.status).toBe(404);
    for (const each of wrong) {
      const answer = await request(server.app).post(each).type('form').send('List-Unsubscribe=One-Click');
      expect(answer.body, each).toMatchObject({ status: 404, code: 'unknown-link' });
    }
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
    const anew = await linkTo('unsubscribe', 'newsletter');
    await request(server.app).post(anew).type('form').send('List-Unsubscribe=One-Click').expect(200);
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
  });

  it('still withdraws for somebody who was deleted, and from an archived project', async () => {
    const path = await linkTo('unsubscribe', 'newsletter');
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, {
      deletes: [{ id: contactId(1), at: moment(9), key: { Email: ANN.email } }],
    });
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/archive`).expect(200);
    await request(server.app).post(path).type('form').send('List-Unsubscribe=One-Click').expect(200);
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
  });

  it('takes no body larger than a form, and none that only looks like one', async () => {
    const path = await linkTo('unsubscribe', 'newsletter');
    await press(path, `action=unsubscribe&x=${'x'.repeat(20_000)}`).expect(413);
    await request(server.app)
      .post(path)
      .set('Content-Type', 'multipart/form-data; boundary=x')
      .send('--x\r\nList-Unsubscribe=One-Click')
      .expect(200);
    expect(await statusOf(server, scene, ANN.email)).toBe('granted');
  });

  it('is not guessed at: a machine with many wrong links has to wait', async () => {
    const own = await startTestServer();
    const statuses: number[] = [];
    for (let time = 0; time < 31; time++)
      statuses.push((await request(own.app).get(`/u/${'A'.repeat(117)}${time % 10}`)).status);
    await own.close();
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(404));
    expect(statuses[30]).toBe(429);
  });
});
