import { api } from 'lwc';
import { Form } from 'di/screen';
import { call, pathOf } from 'di/api';
import { labels, optionsOf } from 'di/labels';

/** The way each kind of authorization is asked for. */
const ENDPOINTS = { 'web-server': 'web-server', 'jwt-bearer': 'jwt-bearer', password: 'password' };

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

  get kindOptions() {
    return Object.keys(ENDPOINTS).map((value) => ({ value, label: labels.connections.kinds[value] }));
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
    const { kind } = this.draft;
    const path = pathOf('connections', this.connection, 'authorizations', ENDPOINTS[kind]);
    this.address = null;
    const isDone = await this.attempt(
      async () => {
        const answer = await call('POST', path, this.body());
        if (kind === 'web-server') this.address = answer.address;
      },
      kind === 'web-server' ? null : labels.authorize.done,
    );
    if (isDone && kind !== 'web-server') this.handleDone();
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
