import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../server/support/accounts.ts';
import { freePort } from '../server/support/free-port.ts';
import { CLIENT, startIdentityProvider, type IdentityProvider } from '../server/support/identity-provider.ts';
import { startMailServer, type MailServer } from '../server/support/mail-server.ts';
import { browserPath } from './browser.ts';
import { OWNER, setConsoleStage, type ConsoleStage } from './console-stage.ts';
import { consoleSteps } from './console-steps.ts';

const ADMIN = 'admin-token-of-the-tests-32-characters';
const MARKETER = { email: 'ann@example.com', name: 'Ann', password: 'a password of her own' };
const linkIn = (text: string | undefined): string =>
  /console#\/(choose-password\/[\w-]+)/.exec(text ?? '')?.[1] ?? 'none';

/** From an installation where nobody is to people with passwords that nobody else knows. */
describe.skipIf(browserPath() === null)('on the console of a new installation', () => {
  let stage: ConsoleStage;
  const { button, choose, fill, heading, link, look, shows, signIn } = consoleSteps(() => stage);
  beforeAll(async () => {
    stage = await setConsoleStage('en-CA', {}, null);
    await stage.open('home');
  }, 240_000);
  afterAll(() => stage.close());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  const copied = async (name: string): Promise<string> =>
    (await stage.page.locator(`[data-copy=${name}]`).textContent()) ?? '';
  const signOut = async (): Promise<void> => {
    await button('Sign out').click();
    await button('Sign in').waitFor();
  };

  it('the first owner is made by the operator’s token, and by no other', async () => {
    await heading('Welcome to DI Connect');
    await look('first-owner');
    await fill('*Token of the operator', 'w'.repeat(40));
    await fill('*Name', 'Owner');
    await fill('*E-mail', OWNER.email);
    await fill('*Password', OWNER.password);
    await button('Create and sign in').click();
    await shows('The token is not good, or no longer.');
    await fill('*Token of the operator', ADMIN);
    await button('Create and sign in').click();
    await heading('Home');
  });

  it('an owner invites a marketer, and is given the link where no mail is sent', async () => {
    await link('Users').click();
    await heading('Users');
    await button('New user').click();
    await fill('*E-mail', MARKETER.email);
    await fill('*Name', MARKETER.name);
    await choose('Role', 'Marketer');
    await button('Invite').click();
    await shows('Link for ann@example.com to choose a password');
    await shows('Invited');
    await look('invitation');
    const address = linkIn(await copied('link'));
    await signOut();
    await stage.open(address);
    await heading('Choose your password');
    await expect.poll(() => stage.page.getByLabel('E-mail').inputValue()).toBe(MARKETER.email);
    await look('choose-password');
    await fill('*New password', MARKETER.password);
    await button('Choose and sign in').click();
    await heading('Home');
    await stage.open(address);
    await shows('This link is used up or too old.');
    await look('used-link');
    await stage.open('choose-password/dip_another');
    await shows('This link is used up or too old.');
    await button('Sign in').click();
    await heading('Home');
  });

  it('a marketer works with people, and gives no access', async () => {
    await link('Consent').waitFor();
    expect(await link('Users').count()).toBe(0);
    expect(await link('API keys').count()).toBe(0);
  });

  it('whoever is signed in sees where, and ends the others', async () => {
    const other = await fetch(`${stage.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'curl/8.9' },
      body: JSON.stringify({ email: MARKETER.email, password: MARKETER.password }),
    });
    expect(other.status).toBe(201);
    await link(MARKETER.email).click();
    await heading('Your access');
    await shows('curl/8.9');
    await look('own-access');
    await button(/^End the session of/).click();
    await shows('The session is over.');
    expect(await stage.page.getByText('curl/8.9').count()).toBe(0);
    await signOut();
  });

  it('a forgotten password is helped by an owner', async () => {
    await shows('Forgotten your password? An owner of the account can make you a link.');
    await signIn();
    await link('Users').click();
    await button(`Send a link: ${MARKETER.email}`).click();
    await shows('Link for ann@example.com to choose a password');
    expect(linkIn(await copied('link'))).toMatch(/^choose-password\/dip_/);
    expect(stage.complaints).toEqual([]);
  });
});

describe.skipIf(browserPath() === null)('in French, with a mail server, on the console', () => {
  let stage: ConsoleStage;
  let mail: MailServer;
  const { button, fill, heading, look, shows } = consoleSteps(() => stage);
  beforeAll(async () => {
    mail = await startMailServer();
    stage = await setConsoleStage('fr-CA', { SMTP_URL: mail.url, ALERT_FROM: 'di@example.com' });
    await stage.open('health');
  }, 240_000);
  afterAll(async () => {
    await stage.close();
    await mail.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  it('whoever has forgotten their password chooses another by mail', async () => {
    await fill('*Adresse e-mail', OWNER.email);
    await button('Mot de passe oublié ?').click();
    await shows('Si quelqu’un a cette adresse, un e-mail avec un lien est en route.');
    await look('forgotten-fr');
    await expect.poll(() => mail.mails.length).toBe(1);
    expect(mail.mails[0]?.text).toContain('Bonjour Owner');
    await stage.open(linkIn(mail.mails[0]?.text));
    await heading('Choisissez votre mot de passe');
    await fill('*Nouveau mot de passe', `${PASSWORD}, un autre`);
    await button('Choisir et se connecter').click();
    await heading('Accueil');
    expect(stage.complaints).toEqual([]);
  });
});

describe.skipIf(browserPath() === null)('beside an identity provider, on the console', () => {
  let stage: ConsoleStage;
  let provider: IdentityProvider;
  const { button, heading, link, look, shows } = consoleSteps(() => stage);
  const ann = { subject: '1', email: 'ann@company.example', email_verified: true, name: 'Ann' };
  beforeAll(async () => {
    const port = await freePort();
    provider = await startIdentityProvider(`http://127.0.0.1:${port}/console/sign-on/callback`);
    const environment = {
      PORT: String(port),
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_NAME: 'Company',
      OIDC_DOMAINS: 'company.example:administrator',
    };
    stage = await setConsoleStage('en-CA', environment);
    await stage.open('projects');
  }, 240_000);
  afterAll(async () => {
    await stage.close();
    await provider.close();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.pictureOfFailure(task.id);
  });

  it('whoever is not let in reads why', async () => {
    await button('Sign in with Company').waitFor();
    await look('sign-on');
    provider.expect({ ...ann, email_verified: false });
    await button('Sign in with Company').click();
    await shows('The identity provider has not verified your e-mail address.');
    await look('sign-on-refused');
  });

  it('whoever is let in goes on where they were', async () => {
    await stage.open('projects');
    provider.expect(ann);
    await button('Sign in with Company').click();
    await heading('Projects');
    await link('ann@company.example').click();
    await heading('Your access');
    await button('Sign out').click();
    await button('Français').click();
    await button('Se connecter avec Company').waitFor();
    await look('sign-on-fr');
    expect(stage.complaints).toEqual([]);
  });
});
