import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { labels } from 'di/labels';
import { formatMoment } from 'di/format';
import { linkTo } from 'di/route';
import { deploymentText } from 'di/deploymentProgress';

/** Often enough for a bar that moves. */
const LOOK_MILLISECONDS = 2000;
const UNFINISHED = new Set(['queued', 'running']);

/** What DI puts into the org of a connection: fields for opt-ins, triggers, and what became of each deployment. */
export default class DeploymentsScreen extends Screen {
  connection = null;
  optIns = [];
  transfers = [];
  deployments = [];

  /** @returns {readonly ['connections', string]} */
  get path() {
    return ['connections', this.route.params.connection];
  }

  async load() {
    if (this.connection === null) await this.loadSetUp();
    const { deployments } = await call('GET', pathOf(...this.path, 'deployments'));
    this.deployments = deployments;
    this.lookAgain(LOOK_MILLISECONDS, () => UNFINISHED.has(this.deployments[0]?.status));
  }

  async loadSetUp() {
    const [connection, { transfers }] = await Promise.all([
      call('GET', pathOf(...this.path)),
      call('GET', pathOf('transfers')),
    ]);
    const { optIns } = await call('GET', pathOf('projects', connection.project.code, 'opt-ins'));
    this.optIns = optIns.filter(({ isArchived }) => !isArchived);
    this.transfers = transfers.filter((transfer) => transfer.connection === connection.id);
    this.connection = connection;
  }

  get backLabel() {
    return this.connection?.name ?? labels.connections.one;
  }

  get backLink() {
    return linkTo(...this.path);
  }

  get isChangeable() {
    const { status, authorization } = this.connection;
    return status === 'active' && authorization !== null && this.may('connections:write');
  }

  get notChangeable() {
    return this.connection.authorization === null
      ? labels.deployments.notAuthorized
      : labels.deployments.readOnly;
  }

  /** The newest one, while it goes on and after it has ended. */
  get current() {
    return this.deployments[0] ?? null;
  }

  get columns() {
    return [
      { name: 'kindText', label: labels.deployments.what },
      { name: 'object', label: labels.transfers.object },
      { name: 'statusText', label: labels.status },
      { name: 'requestedBy', label: labels.audit.actor },
      { name: 'moment', label: labels.audit.at },
    ];
  }

  get rows() {
    return this.deployments.map((deployment) => ({
      key: deployment.id,
      mark: deployment.status,
      kindText: labels.deployments.kinds[deployment.kind],
      object: deployment.object,
      statusText: deploymentText(deployment),
      requestedBy: deployment.requestedBy,
      moment: formatMoment(deployment.requestedAt),
    }));
  }

  async handleDeployed() {
    await this.reload();
  }
}
