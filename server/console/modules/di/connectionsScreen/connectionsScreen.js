import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { formatMoment } from 'di/format';
import { linkTo } from 'di/route';

/** Third-party connections: the keys with which an org reaches a project. */
export default class ConnectionsScreen extends Screen {
  connections = null;
  projects = [];
  isCreating = false;
  /** Keys that were made just now. */
  made = null;

  async load() {
    const [{ connections }, { projects }] = await Promise.all([
      call('GET', pathOf('connections')),
      call('GET', pathOf('projects')),
    ]);
    this.connections = connections;
    this.projects = projects.filter(({ isArchived }) => !isArchived);
  }

  get isNewOffered() {
    return !this.isCreating && this.projects.length > 0 && this.may('connections:write');
  }

  get isEmpty() {
    return this.connections?.length === 0 && !this.isCreating;
  }

  get isProjectless() {
    return this.projects.length === 0;
  }

  get emptyHint() {
    return this.isProjectless ? labels.connections.projectFirst : labels.connections.emptyHint;
  }

  get hasRows() {
    return this.connections?.length > 0;
  }

  get projectOptions() {
    return this.projects.map(({ code, name }) => ({ value: code, label: `${name} (${code})` }));
  }

  get rows() {
    return this.connections.map((connection) => ({
      ...connection,
      link: linkTo('connections', connection.id),
      projectLink: linkTo('projects', connection.project),
      statusText: connectionStatus(connection),
      authorized: formatMoment(connection.authorizedAt) || labels.never,
    }));
  }

  handleNew() {
    this.draft = { project: this.projects[0].code };
    this.made = null;
    this.isCreating = true;
  }

  handleCancel() {
    this.isCreating = false;
    this.problem = null;
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { name, project } = this.draft;
    await this.attempt(
      async () => {
        this.made = await call('POST', pathOf('connections'), { name, project });
        this.isCreating = false;
        await this.load();
      },
      fill(labels.connections.created, name),
    );
  }
}

function connectionStatus({ status, authorizedAt }) {
  if (status === 'revoked') return labels.connections.revoked;
  return authorizedAt === null ? labels.connections.waiting : labels.connections.authorized;
}
