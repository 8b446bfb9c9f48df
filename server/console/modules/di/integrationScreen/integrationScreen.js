import Screen, { definitionText } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';

/** An integration: its triggers, how a record is found, which fields are written, and whether it is on. */
export default class IntegrationScreen extends Screen {
  integration = null;
  columns = [];
  optIns = [];
  /** What the org said of how the screen's definition fits; null where it was not asked. */
  checked = null;
  /** The definition as it was saved, as text. */
  saved = '';

  /** @returns {readonly ['integrations', string]} */
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
      several: matching.several ?? 'all',
      ...{ schedule: settings.schedule.kind, hour: settings.schedule.hour ?? 2 },
      ...{ mapping, optInFields },
    };
    this.saved = definitionText(this.asked);
    this.checked = null;
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

  get sendsConsent() {
    return this.draft.operations.includes('consent');
  }

  get isSeveralOffered() {
    return this.isLookup && this.sendsConsent;
  }

  get severalHint() {
    return labels.integrations.severalHints[this.draft.several];
  }

  /** Who is known by one record only is opted out on one record only. */
  get isOneRecordTold() {
    return this.sendsConsent && !this.isLookup;
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

  get severalOptions() {
    return optionsOf(labels.integrations.several);
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
    const consents = [...this.optIns, { code: '', name: '' }].map(({ code, name }) => {
      const entry = optInFields.find((each) => (each.optIn ?? '') === code);
      const isOfAll = code === '';
      return {
        kind: 'opt-in',
        code,
        name: isOfAll ? labels.integrations.noEmailAtAll : fill(labels.integrations.optIn, name),
        field: entry?.field ?? '',
        isChosen: isOfAll && entry !== undefined,
        optIns: entry?.optIns,
        hint: isOfAll && entry ? labels.integrations.clears[entry.goesBack ?? false] : '',
      };
    });
    return [...columns, ...consents].map((row) => ({
      ...row,
      key: `${row.kind} ${row.code}`,
      fieldLabel: fill(labels.transfers.fieldFor, row.name),
    }));
  }

  get optInsOptions() {
    return optionsOf(labels.integrations.optIns);
  }

  /** A result, or a fault, of what is no longer on the screen would be believed of what is. */
  forget() {
    this.checked = null;
    this.problem = null;
  }

  handleDraft(event) {
    super.handleDraft(event);
    this.forget();
  }

  handleOptIns(event) {
    const optIns = event.detail.value;
    const { optInFields } = this.draft;
    this.draft = {
      ...this.draft,
      optInFields: optInFields.map((entry) => (entry.optIn === null ? { ...entry, optIns } : entry)),
    };
    this.forget();
  }

  handleField(event) {
    const { kind, name } = event.target.dataset;
    const field = event.detail.value.trim();
    const change =
      kind === 'column'
        ? { mapping: this.mappedTo(name, field) }
        : { optInFields: this.consentTo(name, field) };
    this.draft = { ...this.draft, ...change };
    this.forget();
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
    const blank = optIn === null ? { trueWhen: 'withdrawn', optIns: 'all' } : { trueWhen: 'granted' };
    return [...others, { optIn, ...blank, ...former, field }];
  }

  /** The definition as the screen has it now. */
  get asked() {
    const { name, settings } = this.integration;
    const { operations, by, field, column, several, schedule, hour, mapping, optInFields } = this.draft;
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const matching = {
      by,
      ...(by !== 'record-id' && { field }),
      ...(by === 'lookup' && { column, several }),
    };
    const when = schedule === 'daily' ? { kind: 'daily', hour: Number(hour), timeZone } : { kind: 'at-once' };
    return {
      ...{ name, operations: [...operations], mapping, optInFields, matching },
      settings: { ...settings, schedule: when },
    };
  }

  async save() {
    this.show(await call('PUT', pathOf(...this.path), this.asked));
  }

  async handleSave(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    await this.attempt(() => this.save(), labels.integrations.saved);
  }

  /** Nothing is saved by a check: an active integration would send by it at once. */
  async handleCheck() {
    if (!this.isFilled()) return;
    this.checked = null;
    await this.attempt(async () => {
      const { compatibility } = await call('POST', pathOf(...this.path, 'check'), this.asked);
      this.checked = compatibility;
    });
  }

  /** What is activated is what is on the screen. */
  async handleActivate() {
    if (!this.isFilled()) return;
    this.checked = null;
    await this.attempt(async () => {
      if (definitionText(this.asked) !== this.saved) await this.save();
      const { integration, compatibility } = await call('POST', pathOf(...this.path, 'activate'));
      this.show(integration);
      this.checked = compatibility.length > 0 ? compatibility : null;
    }, labels.integrations.activated);
  }

  /** What is typed and not saved yet stays. */
  async handlePause() {
    await this.attempt(async () => {
      this.integration = await call('POST', pathOf(...this.path, 'pause'));
    }, labels.integrations.paused);
  }

  async handleArchive() {
    await this.attempt(async () => {
      this.show(await call('POST', pathOf(...this.path, 'archive')));
    }, labels.integrations.archivedDone);
  }
}
