import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrg, type LocalOrg } from '../org.ts';
import { serveOrg, type OrgServer } from '../rest/server.ts';

/** The org as a person sees it in a browser. */
describe('the pages of the local org', { timeout: 60_000 }, () => {
  let org: LocalOrg;
  let server: OrgServer;
  beforeAll(async () => {
    org = createOrg({ sources: ['test/local-org/tests/fixture'] });
    server = await serveOrg(org);
    org.executeAnonymous(
      "insert new Contact(FirstName = 'Nora', LastName = '<b>Vance</b>', Email = 'nora@example.com');",
    );
  });
  afterAll(() => server.close());

  const open = (path: string): Promise<Response> => fetch(`${server.url}${path}`);
  const send = (path: string, form: [string, string][], origin = server.url): Promise<Response> =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(form),
      headers: { origin },
    });
  const nora = (): string => String([...org.store.all('Contact')][0]?.get('id'));
  const stored = (field: string): unknown => org.store.get('Contact', nora())?.get(field);

  it('lists contacts, finds one by name or address, and shows what is written, not what it means', async () => {
    const list = await (await open('/')).text();
    expect(list).toContain('&lt;b&gt;Vance&lt;/b&gt;');
    expect(list).not.toContain('<b>Vance');
    expect(await (await open('/lightning/o/Contact/list?q=nora@EX')).text()).toContain(nora());
    expect(await (await open("/lightning/o/Contact/list?q=o'neill%25")).text()).toContain('Nothing to show');
  });

  it('saves what was changed, and nothing else', async () => {
    const form = await (await open(`/lightning/r/Contact/${nora()}/edit`)).text();
    expect(form).toContain('value="nora@example.com"');
    const answer = await send(`/lightning/r/Contact/${nora()}/edit`, [
      ['FirstName', 'Nora'],
      ['HasOptedOutOfEmail', 'false'],
      ['HasOptedOutOfEmail', 'true'],
      ['Phone', '0123'],
      ['Id', '003000000000999AAA'],
      ['CreatedDate', '2001-01-01'],
    ]);
    expect(answer.status).toBe(303);
    expect(stored('hasoptedoutofemail')).toBe(true);
    expect(stored('phone')).toBe('0123');
    expect(await (await open(answer.headers.get('location') ?? '')).text()).toContain('Contact was saved.');
    const version = stored('systemmodstamp');
    await send(`/lightning/r/Contact/${nora()}/edit`, [['Phone', '0123']]);
    expect(stored('systemmodstamp')).toBe(version);
  });

  it('shows a form again with what was wrong in it', async () => {
    const answer = await send(`/lightning/r/Contact/${nora()}/edit`, [
      ['LastName', ''],
      ['Email', 'nowhere'],
    ]);
    expect(answer.status).toBe(400);
    const text = await answer.text();
    expect(text).toContain('role="alert"');
    expect(text).toContain('value="nowhere"');
    expect(stored('email')).toBe('nora@example.com');
  });

  it('makes a record, and deletes it', async () => {
    const made = await send('/lightning/o/Contact/new', [['LastName', 'Fresh']]);
    const address = made.headers.get('location') ?? '';
    expect(await (await open(address)).text()).toContain('Fresh');
    await send(address.replace(/view.*/, 'delete'), []);
    expect((await open(address)).status).toBe(404);
  });

  it('takes no form of another site', async () => {
    const answer = await send(
      `/lightning/r/Contact/${nora()}/edit`,
      [['Phone', 'evil']],
      'https://evil.example',
    );
    expect(answer.status).toBe(403);
    expect(stored('phone')).not.toBe('evil');
  });
});
