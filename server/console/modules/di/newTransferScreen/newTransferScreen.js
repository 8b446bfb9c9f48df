import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { go } from 'di/route';
import { suggestedMapping } from 'di/mappingTable';

/** A new transfer: connection, table, Salesforce object, and which field fills which column. */
export default class NewTransferScreen extends Screen {
  connections = null;
  tables = [];
  /** Names of objects that the org has described. */
  objects = [];
  described = null;
  mapping = [];

  async load() {
    const { connections } = await call('GET', pathOf('connections'));
    this.connections = connections.filter(({ status }) => status === 'active');
    const [first] = this.connections;
    if (first) await this.chooseConnection(first.id);
  }

  async chooseConnection(id) {
    const connection = this.connections.find((each) => each.id === id);
    const [{ tables }, { objects }] = await Promise.all([
      call('GET', pathOf('projects', connection.project)),
      call('GET', pathOf('connections', id, 'objects')),
    ]);
    this.tables = tables.filter(({ isBuilt, isArchived }) => isBuilt && !isArchived);
    this.objects = objects.map(({ object }) => object.toLowerCase());
    const table = this.tables[0]?.code ?? '';
    this.draft = { ...this.draft, connection: id, table, object: this.draft.object ?? table };
    await this.describe();
  }

  /** Looks up what the org said of the object, and proposes a mapping where none was chosen. */
  async describe() {
    const { connection, object } = this.draft;
    const isKnown = this.objects.includes((object ?? '').toLowerCase());
    this.described = isKnown
      ? (await call('GET', pathOf('connections', connection, 'objects', object))).fields
      : null;
    if (this.mapping.length === 0) this.mapping = suggestedMapping(this.columns, this.described);
  }

  get connectionOptions() {
    return this.connections.map(({ id, name, project }) => ({ value: id, label: `${name} (${project})` }));
  }

  get tableOptions() {
    return this.tables.map(({ code, name }) => ({ value: code, label: `${name} (${code})` }));
  }

  get table() {
    return this.tables.find(({ code }) => code === this.draft.table) ?? null;
  }

  get isTableless() {
    return this.tables.length === 0;
  }

  get columns() {
    return (this.table?.fields ?? []).filter(({ isArchived }) => !isArchived);
  }

  get knownText() {
    const { object } = this.draft;
    if (!object) return '';
    return fill(this.described ? labels.transfers.isDescribed : labels.transfers.notDescribed, object);
  }

  get isCreateDisabled() {
    return this.isBusy || this.mapping.length === 0;
  }

  async handleConnection(event) {
    const id = event.detail.value;
    await this.attempt(() => this.chooseConnection(id));
  }

  async handleTable(event) {
    this.draft = { ...this.draft, table: event.detail.value };
    this.mapping = suggestedMapping(this.columns, this.described);
  }

  async handleObject() {
    await this.attempt(() => this.describe());
  }

  handleMapping(event) {
    this.mapping = event.detail;
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { connection, table, object } = this.draft;
    await this.attempt(async () => {
      const { id } = await call('POST', pathOf('transfers'), {
        connection,
        table,
        object,
        mapping: this.mapping,
      });
      go('transfers', id);
    }, labels.transfers.created);
  }
}
