import MappingScreen from 'di/mappingScreen';
import { definitionText } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fieldOptions } from 'di/orgObjects';
import { fill, labels, optionsOf, wordsOf } from 'di/labels';
import { linkTo } from 'di/route';
import { constantsOf, isOf, ofColumns } from 'di/outbound';

/** An integration: its triggers, how a record is found, which fields are written, and whether it is on. */
export default class IntegrationScreen extends MappingScreen {
  integration = null;
  /** What fills the table from the same object; null where nothing does. */
  transfer = null;
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
    const [integration, { connections }, { transfers }] = await Promise.all([
      call('GET', pathOf(...this.path)),
      call('GET', pathOf('connections')),
      this.may('transfers:read') ? call('GET', pathOf('transfers')) : { transfers: [] },
    ]);
    const { connection, object, table } = integration;
    const { project } = connections.find(({ id }) => id === connection);
    const [{ tables }, { optIns }] = await Promise.all([
      call('GET', pathOf('projects', project)),
      call('GET', pathOf('projects', project, 'opt-ins')),
      this.may('transfers:read') && this.describe(connection, object, table),
    ]);
    this.place = { connection, object, table };
    this.table = tables.find(({ code }) => code === table);
    this.optIns = optIns.filter(({ isArchived }) => !isArchived);
    this.transfer = transfers.find((each) => isOf(each, integration)) ?? null;
    this.show(integration);
    await this.judge();
  }

  show(integration) {
    const { operations, matching, settings, mapping, optInFields } = integration;
    this.integration = integration;
    this.draft = {
      operations,
      ...{ by: matching.by, field: matching.field ?? '', column: matching.column ?? this.columnNames[0] },
      several: matching.several ?? 'all',
      ...{ schedule: settings.schedule.kind, hour: settings.schedule.hour ?? 2 },
      optInFields,
    };
    this.both = {
      mapping: this.transfer?.mapping ?? null,
      outbound: ofColumns(mapping),
    };
    this.saved = definitionText(this.asked);
    this.checked = null;
  }

  /** What is always the same stays as it was made by the API. */
  get constants() {
    return constantsOf(this.integration.mapping);
  }

  get askedDefinition() {
    return this.asked;
  }

  get alsoText() {
    if (this.transfer === null) return '';
    return fill(labels.mapping.also, fill(labels.transfers.into, this.transfer.object, this.transfer.table));
  }

  get transferLink() {
    return linkTo('transfers', this.transfer.id);
  }

  get matchingOptionsOfFields() {
    const isExternal = this.draft.by === 'external-id';
    return fieldOptions(this.described, {
      isMeant: (field) => (isExternal ? field.isExternalId : field.isFilterable) !== false,
    });
  }

  get isObjectUnknown() {
    return this.described === null;
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

  get stoppedText() {
    const { stopped } = this.integration;
    return stopped && `${labels.integrations.stopped} ${wordsOf(stopped)}`;
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
    return this.columnNames.map((value) => ({ value, label: value }));
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

  edit(both) {
    super.edit(both);
    this.forget();
  }

  handleOptInFields(event) {
    this.draft = { ...this.draft, optInFields: event.detail };
    this.edit({ ...this.both });
  }

  /** The definition as the screen has it now. */
  get asked() {
    const { name, settings } = this.integration;
    const { operations, by, field, column, several, schedule, hour, optInFields } = this.draft;
    const mapping = [...this.both.outbound, ...this.constants];
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
    await this.saveTransfer();
    this.show(await call('PUT', pathOf(...this.path), this.asked));
  }

  /** The other way, where it was changed here. */
  async saveTransfer() {
    const { mapping } = this.both;
    if (mapping === null || mapping === this.transfer.mapping) return;
    await call('PUT', pathOf('transfers', this.transfer.id, 'mapping'), { mapping });
    this.transfer = { ...this.transfer, mapping };
  }

  get isChanged() {
    return (
      definitionText(this.asked) !== this.saved || this.both.mapping !== (this.transfer?.mapping ?? null)
    );
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
      this.checked = compatibility.map(wordsOf);
    });
  }

  /** What is activated is what is on the screen. */
  async handleActivate() {
    if (!this.isFilled()) return;
    this.checked = null;
    await this.attempt(async () => {
      if (this.isChanged) await this.save();
      const { integration, compatibility } = await call('POST', pathOf(...this.path, 'activate'));
      this.show(integration);
      this.checked = compatibility.length > 0 ? compatibility.map(wordsOf) : null;
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
