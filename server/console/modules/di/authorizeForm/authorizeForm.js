import { api } from 'lwc';
import { Form, tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { labels, optionsOf } from 'di/labels';

/** Often enough to go on as soon as Salesforce's page says that it is done. */
const LOOK_MILLISECONDS = 2000;
const KINDS = ['web-server', 'jwt-bearer', 'password'];

/**
 * Authorizes a connection in Salesforce: in the browser, by JWT, or by password.
 *
 * @fires AuthorizeForm#authorized when it was done, or may have been in another window
 */
export default class AuthorizeForm extends Form {
  @api connection;
  draft = { kind: 'web-server', place: 'production' };
  /** Where the browser signs in, once it is known. */
  address = null;
  timer = null;

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  get kindOptions() {
    return KINDS.map((value) => ({ value, label: labels.connections.kinds[value] }));
  }

  get kindHint() {
    return labels.authorize.hints[this.draft.kind];
  }

  get loginOptions() {
    return optionsOf(labels.authorize.logins);
  }

  get isCustom() {
    return this.draft.place === 'custom';
  }

  get isBrowser() {
    return this.draft.kind === 'web-server';
  }

  get isJwt() {
    return this.draft.kind === 'jwt-bearer';
  }

  get isPassword() {
    return this.draft.kind === 'password';
  }

  get hasUserName() {
    return !this.isBrowser;
  }

  get hasClient() {
    return !this.isPassword;
  }

  async handleSubmit(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const kind = /** @type {'web-server' | 'jwt-bearer' | 'password'} */ (this.draft.kind);
    const path = pathOf('connections', this.connection, 'authorizations', kind);
    clearTimeout(this.timer);
    this.address = null;
    if (this.isBrowser) await this.signInToSalesforce(path);
    else if (await this.attempt(() => call('POST', path, this.body()), labels.authorize.done))
      this.handleDone();
  }

  /** Salesforce's page opens in a window of its own: at once, since a browser lets only a click open one. */
  async signInToSalesforce(path) {
    const opened = window.open('', '_blank');
    const hasBegun = await this.attempt(() => this.beginInBrowser(path, opened));
    if (!hasBegun) opened?.close();
  }

  /** Salesforce answers to the other window: what is known of the connection says when that was done. */
  async beginInBrowser(path, opened) {
    const before = await this.authorizedAt();
    const { address } = await call('POST', path, this.body());
    this.address = address;
    if (opened !== null) {
      opened.opener = null;
      opened.location.replace(address);
    }
    this.follow(before);
  }

  follow(before) {
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- the other window cannot tell this one
    this.timer = setTimeout(async () => {
      try {
        if ((await this.authorizedAt()) !== before) {
          tell(labels.authorize.done);
          this.handleDone();
          return;
        }
      } catch (error) {
        this.problem = error;
      }
      if (this.isConnected) this.follow(before);
    }, LOOK_MILLISECONDS);
  }

  async authorizedAt() {
    const { authorization } = await call('GET', pathOf('connections', this.connection));
    return authorization?.authorizedAt ?? null;
  }

  /** What the endpoint of the kind takes; what is empty is left out. */
  body() {
    const { place, domain, userName, password, securityToken, clientId, clientSecret, privateKey } =
      this.draft;
    const given = {
      login: place === 'custom' ? domain : place,
      ...(this.hasUserName && { userName }),
      ...(this.isPassword && { password, securityToken }),
      ...(this.hasClient && { clientId }),
      ...(this.isBrowser && { clientSecret }),
      ...(this.isJwt && { privateKey }),
    };
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value));
  }

  handleDone() {
    this.dispatchEvent(new CustomEvent('authorized'));
  }
}
