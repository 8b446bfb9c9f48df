import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';

/** An integration: its triggers, how a record is found, which fields are written, and whether it is on. */
export default class IntegrationScreen extends Screen {
  integration = null;
  columns = [];
  optIns = [];
  /** What the org said of how it fits; null where it was not asked. */
  checked = null;

  get path() {
    return ['integrations', this.route.params.integration];
  }

  async load() {
    const [integration, { connections }] = await Promise.all([
      call('GET', pathOf(...this.path)),
      call('GET', pathOf('connections')),
    ]);
    const { project } = connections.find(({ id }) => id === integration.connection);
    const [{ tables }, { optIns }] = await Promise.all([
      call('GET', pathOf('projects', project)),
      call('GET', pathOf('projects', project, 'opt-ins')),
    ]);
    this.columns = tables
      .find(({ code }) => code === integration.table)
      .fields.filter(({ isArchived }) => !isArchived)
      .map(({ name }) => name);
    this.optIns = optIns.filter(({ isArchived }) => !isArchived);
    this.show(integration);
  }

  show(integration) {
    const { operations, matching, settings, mapping, optInFields } = integration;
    this.integration = integration;
    this.draft = {
      operations,
      ...{ by: matching.by, field: matching.field ?? '', column: matching.column ?? this.columns[0] },
      ...{ schedule: settings.schedule.kind, hour: settings.schedule.hour ?? 2 },
      ...{ mapping, optInFields },
    };
  }

  get heading() {
    return this.integration?.name ?? labels.integrations.one;
  }

  get hint() {
    if (!this.integration) return '';
    const { table, object, status } = this.integration;
    return `${fill(labels.transfers.into, table, object)} · ${labels.integrations.statuses[status]}`;
  }

  get isChangeable() {
    return (
      this.integration !== null && this.integration.status !== 'archived' && this.may('deliveries:write')
    );
  }

  get isReadOnly() {
    return !this.isChangeable;
  }

  get isActive() {
    return this.integration.status === 'active';
  }

  /** What an answer of the org has stopped goes on by being activated. */
  get isActivateOffered() {
    return !this.isActive || this.integration.stopped !== null;
  }

  get isFitting() {
    return this.checked.length === 0;
  }

  get hasMatchingField() {
    return this.draft.by !== 'record-id';
  }

  get isLookup() {
    return this.draft.by === 'lookup';
  }

  get isDaily() {
    return this.draft.schedule === 'daily';
  }

  get operationOptions() {
    return optionsOf(labels.integrations.operations);
  }

  get matchingOptions() {
    return optionsOf(labels.integrations.matchings);
  }

  get scheduleOptions() {
    return optionsOf(labels.integrations.schedules);
  }

  get columnOptions() {
    return this.columns.map((value) => ({ value, label: value }));
  }

  /** Columns, then opt-ins, then that somebody wants no mail at all. */
  get mappingRows() {
    const { mapping, optInFields } = this.draft;
    const columns = this.columns.map((column) => ({
      kind: 'column',
      code: column,
      name: column,
      field: mapping.find((entry) => entry.column === column)?.salesforceField ?? '',
    }));
    const consents = [...this.optIns, { code: '', name: labels.integrations.anyOptOut }].map(
      ({ code, name }) => ({
        kind: 'opt-in',
        code,
        name: fill(labels.integrations.optIn, name),
        field: optInFields.find((entry) => (entry.optIn ?? '') === code)?.field ?? '',
      }),
    );
    return [...columns, ...consents].map((row) => ({
      ...row,
      key: `${row.kind} ${row.code}`,
      fieldLabel: fill(labels.transfers.fieldFor, row.name),
    }));
  }

  handleField(event) {
    const { kind, name } = event.target.dataset;
    const field = event.detail.value.trim();
    const change =
      kind === 'column'
        ? { mapping: this.mappedTo(name, field) }
        : { optInFields: this.consentTo(name, field) };
    this.draft = { ...this.draft, ...change };
  }

  mappedTo(column, salesforceField) {
    const former = this.draft.mapping.find((entry) => entry.column === column);
    const others = this.draft.mapping.filter((entry) => entry.column !== column);
    return salesforceField === '' ? others : [...others, { ...former, column, salesforceField }];
  }

  consentTo(code, field) {
    const optIn = code === '' ? null : code;
    const former = this.draft.optInFields.find((entry) => entry.optIn === optIn);
    const others = this.draft.optInFields.filter((entry) => entry.optIn !== optIn);
    if (field === '') return others;
    return [
      ...others,
      former ? { ...former, field } : { optIn, field, trueWhen: optIn === null ? 'withdrawn' : 'granted' },
    ];
  }

  async handleSave(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { name, settings, matching } = this.integration;
    const { operations, by, field, column, schedule, hour, mapping, optInFields } = this.draft;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const found = {
      by,
      ...(by !== 'record-id' && { field }),
      ...(by === 'lookup' && { column, several: matching.several }),
    };
    const when = schedule === 'daily' ? { kind: 'daily', hour: Number(hour), timeZone } : { kind: 'at-once' };
    const definition = {
      ...{ name, operations: [...operations], mapping, optInFields, matching: found },
      settings: { ...settings, schedule: when },
    };
    await this.attempt(async () => {
      this.show(await call('PUT', pathOf(...this.path), definition));
    }, labels.integrations.saved);
  }

  async handleCheck() {
    await this.attempt(async () => {
      const { compatibility } = await call('POST', pathOf(...this.path, 'check'));
      this.checked = compatibility;
    });
  }

  async handleActivate() {
    await this.change('activate', labels.integrations.activated);
  }

  async handlePause() {
    await this.change('pause', labels.integrations.paused);
  }

  async handleArchive() {
    await this.change('archive', labels.integrations.archivedDone);
  }

  async change(verb, done) {
    await this.attempt(async () => {
      await call('POST', pathOf(...this.path, verb));
      await this.load();
    }, done);
  }
}
