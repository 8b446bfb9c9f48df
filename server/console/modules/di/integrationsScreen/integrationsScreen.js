import Screen from 'di/screen';
import { LEVELS_OF_SWITCHED, switchAll, switches } from 'di/switches';
import { call, pathOf } from 'di/api';
import { codeChoices, connectionChoices, openTables } from 'di/choices';
import { labels, optionsOf } from 'di/labels';
import { describedFields, objectOptions } from 'di/orgObjects';
import { go, linkTo } from 'di/route';

/** Where it goes in Salesforce that somebody wants no e-mail at all, whatever the opt-ins of a project are. */
const EMAIL_OPT_OUT = { optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn', optIns: 'all' };
/** Objects that have an address by which all records of a person are found. */
const ADDRESSED = ['contact', 'lead'];

/** Data integrations: what goes from a project to an org. */
export default class IntegrationsScreen extends Screen {
  integrations = null;
  connections = [];
  tables = [];
  /** Objects that can be chosen, and whether somebody named them. */
  objects = { isKnown: false, options: [] };
  isCreating = false;
  /** Once what can be chosen is known. */
  isFormReady = false;

  async load() {
    const [{ integrations }, { connections }] = await Promise.all([
      call('GET', pathOf('integrations')),
      call('GET', pathOf('connections')),
    ]);
    this.integrations = integrations;
    this.connections = connections.filter(({ status }) => status === 'active');
    await this.openFirstForm(integrations);
  }

  get isNewOffered() {
    return !this.isCreating && this.connections.length > 0 && this.may('deliveries:write');
  }

  get isObjectUnknown() {
    return !this.objects.isKnown;
  }

  get isEmpty() {
    return this.integrations?.length === 0 && !this.isCreating;
  }

  get hasRows() {
    return this.integrations?.length > 0;
  }

  get connectionOptions() {
    return connectionChoices(this.connections);
  }

  get tableOptions() {
    return codeChoices(this.tables);
  }

  get operationOptions() {
    return optionsOf(labels.integrations.operations);
  }

  get columns() {
    return [
      { name: 'name', label: labels.name },
      { name: 'table', label: labels.transfers.table },
      { name: 'object', label: labels.transfers.object, isFilter: true },
      { name: 'operationsText', label: labels.integrations.triggers },
      { name: 'status', label: labels.status, kind: 'status', isFilter: true },
    ];
  }

  get bulk() {
    return this.may('deliveries:write') ? switches() : [];
  }

  get rows() {
    return this.integrations.map(({ id, name, table, object, operations, status }) => ({
      ...{ key: id, name, table, object, state: status },
      link: linkTo('integrations', id),
      operationsText: operations.map((each) => labels.integrations.operations[each]).join(', '),
      status: { text: labels.integrations.statuses[status], level: LEVELS_OF_SWITCHED[status] },
    }));
  }

  handleBulk(event) {
    return switchAll(this, 'integrations', event.detail);
  }

  async handleNew() {
    this.draft = { object: 'Contact', operations: ['consent'] };
    this.isCreating = true;
    this.isFormReady = await this.attempt(() => this.choose(this.connections[0].id));
    this.isCreating = this.isFormReady;
  }

  async choose(id) {
    const { project } = this.connections.find((each) => each.id === id);
    const [{ tables }, objects] = await Promise.all([
      call('GET', pathOf('projects', project)),
      this.may('transfers:read') ? objectOptions(id) : this.objects,
    ]);
    this.objects = objects;
    this.tables = openTables(tables);
    this.draft = { ...this.draft, connection: id, table: this.tables[0]?.code ?? '' };
  }

  async handleConnection(event) {
    const id = event.detail.value;
    await this.attempt(() => this.choose(id));
  }

  handleCancel() {
    this.isCreating = false;
    this.isFormReady = false;
    this.problem = null;
  }

  /** What consent needs from the start: checkboxes, and every record of the person's address. */
  async consentDefaults() {
    const { table, object, operations } = this.draft;
    if (!operations.includes('consent')) return {};
    const { fields, primaryKey } = this.tables.find(({ code }) => code === table);
    const addresses = fields.filter(({ type, isArchived }) => type === 'email' && !isArchived);
    const address = addresses.find(({ name }) => primaryKey.includes(name)) ?? addresses[0];
    return {
      optInFields: [EMAIL_OPT_OUT, ...(await this.madeCheckboxes())],
      ...(address &&
        ADDRESSED.includes(object.toLowerCase()) && {
          matching: { by: 'lookup', field: 'Email', column: address.name, several: 'all' },
        }),
    };
  }

  /** Checkboxes that DI has made in the object for opt-ins of the project. */
  async madeCheckboxes() {
    const { connection, object } = this.draft;
    if (!this.may('transfers:read') || !this.may('consent:read')) return [];
    const { project } = this.connections.find(({ id }) => id === connection);
    const [described, { optIns }] = await Promise.all([
      describedFields(connection, object),
      call('GET', pathOf('projects', project, 'opt-ins')),
    ]);
    return optIns
      .filter(({ isArchived }) => !isArchived)
      .flatMap(({ code }) => {
        const field = described?.fields.find(
          ({ name, type }) => type === 'boolean' && name.toLowerCase() === `di_${code}__c`.toLowerCase(),
        );
        return field ? [{ optIn: code, field: field.name, trueWhen: 'granted' }] : [];
      });
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { name, connection, table, object, operations } = this.draft;
    await this.attempt(async () => {
      const defaults = await this.consentDefaults();
      const body = { name, connection, table, object, operations: [...operations], ...defaults };
      const { id } = await call('POST', pathOf('integrations'), body);
      go('integrations', id);
    }, labels.integrations.created);
  }
}
