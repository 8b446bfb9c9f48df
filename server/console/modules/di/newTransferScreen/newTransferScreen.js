import { api } from 'lwc';
import MappingScreen from 'di/mappingScreen';
import { tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { codeChoices, connectionChoices, openTables } from 'di/choices';
import { objectOptions } from 'di/orgObjects';
import { labels } from 'di/labels';
import { go, goWith } from 'di/route';
import { newDefinition, saveOutbound } from 'di/outbound';

/** A new transfer: connection, table, Salesforce object, and which field fills which column, both ways. */
export default class NewTransferScreen extends MappingScreen {
  /** Whether it stands for the list, which has nothing to show yet. */
  @api isFirst = false;
  connections = null;
  tables = [];
  /** Objects that can be chosen, and whether somebody named them. */
  objects = { isKnown: false, options: [] };

  get heading() {
    return this.isFirst ? labels.transfers.title : labels.transfers.create;
  }

  get backLabel() {
    return this.isFirst ? null : labels.transfers.title;
  }

  async load() {
    const { connections } = await call('GET', pathOf('connections'));
    this.connections = connections.filter(({ status }) => status === 'active');
    const [first] = this.connections;
    if (first) await this.chooseConnection(first.id);
  }

  async chooseConnection(id) {
    const connection = this.connections.find((each) => each.id === id);
    const [{ tables }, objects] = await Promise.all([
      call('GET', pathOf('projects', connection.project)),
      objectOptions(id),
    ]);
    this.tables = openTables(tables);
    this.objects = objects;
    const table = this.tables[0]?.code ?? '';
    this.draft = { ...this.draft, connection: id, table, object: this.objectLike(table) };
    await this.suggest();
  }

  /** Contacts come from contacts; another table is most likely filled by an object that is called like it. */
  objectLike(table) {
    const plain = (name) => name.toLowerCase().replace(/__c$/, '').replaceAll('_', '');
    return this.objects.options.find(({ value }) => plain(value) === plain(table))?.value ?? '';
  }

  /** Proposes a mapping, by what is known of the object: of the last one, where somebody chooses again while an org is slow. */
  async suggest() {
    const { connection, table, object } = this.draft;
    this.table = this.tables.find(({ code }) => code === table) ?? null;
    await this.describe(connection, object, table);
    if (!this.isPlaceChosen) {
      await this.suggest();
      return;
    }
    const mapping = (this.described?.suggested ?? []).map((entry) => ({ ...entry }));
    this.both = { mapping, outbound: this.may('deliveries:write') ? [] : null };
    this.judged = null;
    if (object) await this.judge();
  }

  /** Whether what is known, and would be saved, is of the place that the form shows. */
  get isPlaceChosen() {
    const { connection, table, object } = this.draft;
    const { place } = this;
    if (place === null) return false;
    return place.connection === connection && place.table === table && place.object === object;
  }

  get askedDefinition() {
    const { outbound } = this.both;
    return outbound?.length > 0 ? newDefinition(this.place, outbound) : null;
  }

  get connectionOptions() {
    return connectionChoices(this.connections);
  }

  get tableOptions() {
    return codeChoices(this.tables);
  }

  get isTableless() {
    return this.tables.length === 0;
  }

  get isObjectUnknown() {
    return !this.objects.isKnown;
  }

  get isMapped() {
    return this.table !== null && Boolean(this.place?.object);
  }

  get outboundText() {
    return this.both.outbound?.length > 0 ? labels.mapping.sentByNew : '';
  }

  get isCreateDisabled() {
    return this.isBusy || !this.isPlaceChosen || !(this.both.mapping?.length > 0);
  }

  get isActivateDisabled() {
    return this.isCreateDisabled || this.misfits.length > 0 || this.faults.length > 0;
  }

  async handleConnection(event) {
    const id = event.detail.value;
    await this.attempt(() => this.chooseConnection(id));
  }

  async handlePlace(event) {
    const { name } = event.target;
    this.draft = { ...this.draft, [name]: event.detail.value };
    await this.attempt(() => this.suggest());
  }

  async handleCreate() {
    await this.create((id) => {
      tell(labels.transfers.created);
      go('transfers', id);
    });
  }

  /** The transfer's own screen activates it: it shows what keeps it from being active. */
  async handleSubmit(event) {
    event.preventDefault();
    await this.create((id) => goWith({ isActivating: true }, 'transfers', id));
  }

  async create(leave) {
    if (!this.isFilled()) return;
    const { mapping, outbound } = this.both;
    await this.attempt(async () => {
      const { id } = await call('POST', pathOf('transfers'), { ...this.place, mapping });
      if (outbound?.length > 0) await saveOutbound(this.place, null, outbound);
      leave(id);
    });
  }
}
