import Screen from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { fill, labels, wordsOf } from 'di/labels';
import { formatMoment, formatNumber } from 'di/format';
import { carried, linkTo } from 'di/route';

/** A connection: its keys, the plugin, the authorization in Salesforce, and the test of it. */
export default class ConnectionScreen extends Screen {
  connection = null;
  /** What failed of it and still stands. */
  failures = [];
  /** A new secret, right after it was made. */
  secret = null;
  isAuthorizing = false;
  tested = null;

  /** @returns {readonly ['connections', string]} */
  get path() {
    return ['connections', this.route.params.connection];
  }

  /** Whoever has just made it sees its secret. */
  async connectedCallback() {
    this.secret = carried()?.secret ?? null;
    await super.connectedCallback();
  }

  async load() {
    const connection = await call('GET', pathOf(...this.path));
    const { failures } = await call('GET', asking(pathOf('failures'), { connection: connection.id }));
    this.failures = failures;
    this.connection = connection;
  }

  get heading() {
    return this.connection?.name ?? labels.connections.one;
  }

  get hint() {
    if (!this.connection) return '';
    const { project, status } = this.connection;
    const revoked = status === 'revoked' ? ` · ${labels.connections.revoked}` : '';
    return `${project.name} (${project.code})${revoked}`;
  }

  get hasWarnings() {
    return this.warnings.length > 0;
  }

  get warnings() {
    return this.connection.warnings.map(wordsOf);
  }

  get hasFailures() {
    return this.failures.length > 0;
  }

  get isChangeable() {
    return this.connection.status === 'active' && this.may('connections:write');
  }

  get organization() {
    return this.connection.organizationId ?? labels.connections.unknownYet;
  }

  get pluginSeen() {
    return formatMoment(this.connection.plugin.authorizedAt) || labels.never;
  }

  get version() {
    const { installedVersion, newestVersion, isNewerAvailable } = this.connection.plugin;
    const installed = installedVersion ?? labels.connections.unknownYet;
    return isNewerAvailable ? fill(labels.connections.newer, installed, newestVersion) : installed;
  }

  get installLink() {
    return this.connection.plugin.installLink;
  }

  get authorization() {
    return this.connection.authorization;
  }

  get authorizationText() {
    return labels.connections.authorizationStatus[this.authorization.status] ?? this.authorization.status;
  }

  get authorizationClass() {
    return this.authorization.statusMessage === null ? 'badge is-good' : 'badge';
  }

  get kindText() {
    return labels.connections.kinds[this.authorization.kind] ?? this.authorization.kind;
  }

  get apiCallsText() {
    const { apiCalls } = this.authorization;
    return apiCalls
      ? fill(labels.connections.apiCallsLeft, formatNumber(apiCalls.left), formatNumber(apiCalls.limit))
      : labels.connections.unknownYet;
  }

  get apiCallsPercent() {
    const { used, limit } = this.authorization.apiCalls;
    return limit === 0 ? 0 : Math.round((100 * used) / limit);
  }

  /** What comes first is asked for at once. */
  get isAuthorizeFormShown() {
    return this.isChangeable && (this.authorization === null || this.isAuthorizing);
  }

  get deploymentsLink() {
    return linkTo(...this.path, 'deployments');
  }

  handleAuthorizing() {
    this.isAuthorizing = !this.isAuthorizing;
  }

  async handleAuthorized() {
    this.isAuthorizing = false;
    await this.reload();
  }

  async handleTest() {
    this.tested = null;
    await this.attempt(async () => {
      this.tested = await call('POST', pathOf(...this.path, 'test'));
      await this.load();
    });
  }

  async handleForget() {
    await this.attempt(async () => {
      await call('DELETE', pathOf(...this.path, 'authorization'));
      this.tested = null;
      await this.load();
    }, labels.connections.forgotten);
  }

  async handleRotate() {
    await this.attempt(async () => {
      const { secret } = await call('POST', pathOf(...this.path, 'secret'));
      this.secret = secret;
    }, labels.connections.rotated);
  }

  async handleRevoke() {
    await this.attempt(async () => {
      await call('DELETE', pathOf(...this.path));
      this.secret = null;
      await this.load();
    }, labels.connections.revokedDone);
  }
}
