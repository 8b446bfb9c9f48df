import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { codeChoices } from 'di/choices';
import { fill, labels } from 'di/labels';
import { goWith, linkTo } from 'di/route';

/** Third-party connections: the keys with which an org reaches a project. */
export default class ConnectionsScreen extends Screen {
  connections = null;
  projects = [];
  isCreating = false;
  keptAs = 'new connection';

  async load() {
    const [{ connections }, { projects }] = await Promise.all([
      call('GET', pathOf('connections')),
      call('GET', pathOf('projects')),
    ]);
    this.connections = connections;
    this.projects = projects.filter(({ isArchived }) => !isArchived);
    await this.openFirstForm(this.connections);
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
    return codeChoices(this.projects);
  }

  get columns() {
    return [
      { name: 'name', label: labels.name },
      { name: 'project', label: labels.health.project, isFilter: true },
      { name: 'status', label: labels.status, kind: 'status', isFilter: true },
      { name: 'organizationId', label: labels.connections.organization },
      { name: 'authorizedAt', label: labels.connections.authorizedAt, kind: 'moment' },
    ];
  }

  get rows() {
    return this.connections.map((connection) => ({
      ...connection,
      key: connection.id,
      link: linkTo('connections', connection.id),
      links: { project: linkTo('projects', connection.project) },
      status: connectionStatus(connection),
    }));
  }

  handleNew() {
    this.beginDraft({ project: this.projects[0].code });
    this.isCreating = true;
  }

  handleCancel() {
    this.isCreating = false;
    this.endDraft();
    this.problem = null;
  }

  async handleCreate() {
    if (!this.isFilled()) return;
    const { name, project } = this.draft;
    await this.attempt(
      async () => {
        const { id, secret } = await call('POST', pathOf('connections'), { name, project });
        this.endDraft();
        goWith({ secret }, 'connections', id);
      },
      fill(labels.connections.created, name),
    );
  }
}

function connectionStatus({ status, authorizedAt }) {
  if (status === 'revoked') return { text: labels.connections.revoked, level: 'off' };
  return authorizedAt === null
    ? { text: labels.connections.waiting, level: 'warning' }
    : { text: labels.connections.authorized, level: 'good' };
}
