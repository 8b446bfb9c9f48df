import Screen from 'di/screen';
import { LEVELS_OF_SWITCHED } from 'di/switches';
import { call, pathOf } from 'di/api';
import { connectionChoices } from 'di/choices';
import { fill, labels } from 'di/labels';
import { linkTo } from 'di/route';

/** Sources of events: who people are and what they did, as RudderStack's libraries send it. */
export default class SourcesScreen extends Screen {
  sources = null;
  connections = [];
  isCreating = false;
  keptAs = 'new source';
  /** The key of a source that was made just now. */
  writeKey = null;

  async load() {
    const [{ sources }, { connections }] = await Promise.all([
      call('GET', pathOf('sources')),
      call('GET', pathOf('connections')),
    ]);
    this.connections = connections;
    this.sources = sources;
    await this.openFirstForm(this.sources);
  }

  get openConnections() {
    return this.connections.filter(({ status }) => status === 'active');
  }

  get isNewOffered() {
    return !this.isCreating && this.openConnections.length > 0 && this.may('connections:write');
  }

  get isEmpty() {
    return this.sources.length === 0 && !this.isCreating;
  }

  get hasRows() {
    return this.sources.length > 0;
  }

  get connectionOptions() {
    return connectionChoices(this.openConnections);
  }

  get columns() {
    return [
      { name: 'name', label: labels.name },
      { name: 'connectionName', label: labels.connections.one },
      { name: 'object', label: labels.sources.object },
      { name: 'status', label: labels.status, kind: 'status', isFilter: true },
      { name: 'held', label: labels.list.held },
    ];
  }

  get rows() {
    return this.sources.map((source) => ({
      key: source.id,
      mark: source.status,
      link: linkTo('sources', source.id),
      name: source.name,
      connectionName: `${this.connections.find(({ id }) => id === source.connection)?.name ?? ''} (${source.project})`,
      object: source.settings.object,
      status: { text: labels.sources.statuses[source.status], level: LEVELS_OF_SWITCHED[source.status] },
      held: source.held?.reason ?? '',
    }));
  }

  handleNew() {
    this.beginDraft({ name: '', connection: this.openConnections[0].id });
    this.writeKey = null;
    this.isCreating = true;
  }

  handleLeave() {
    this.isCreating = false;
    this.endDraft();
    this.problem = null;
  }

  async handleCreate() {
    if (!this.isFilled()) return;
    const { name, connection } = this.draft;
    await this.attempt(
      async () => {
        const { writeKey } = await call('POST', pathOf('sources'), { name, connection });
        this.writeKey = writeKey;
        this.isCreating = false;
        this.endDraft();
        await this.load();
      },
      fill(labels.sources.created, name),
    );
  }
}
