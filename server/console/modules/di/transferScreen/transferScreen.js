import MappingScreen from 'di/mappingScreen';
import { tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { counted } from 'di/format';
import { carried, linkTo } from 'di/route';
import { fieldOptions } from 'di/orgObjects';
import {
  constantsOf,
  definitionOf,
  integrationOf,
  newDefinition,
  ofColumns,
  saveOutbound,
} from 'di/outbound';

const CONTACTS = 'Contact';

/** A transfer: its mapping, with the other direction beside it, its trigger, and its activation. */
export default class TransferScreen extends MappingScreen {
  transfer = null;
  connection = null;
  /** What sends the table's rows to the same object; null where nothing does. */
  integration = null;
  /** Of the project, that are not archived. */
  optIns = [];
  /** Entries of both ways as they are stored. */
  stored = null;
  /** The column whose values are looked at. */
  valuesColumn = '';
  triggerFiles = [];
  /** What the server said where the object needs no trigger. */
  triggerNote = null;
  /** Fields that Salesforce sends and the mapping on the screen loses, where the server has asked about them. */
  lostFields = null;

  /** @returns {readonly ['transfers', string]} */
  get path() {
    return ['transfers', this.route.params.transfer];
  }

  /** Who saved a new one to have it active has asked for that already. */
  async connectedCallback() {
    const isActivating = carried()?.isActivating;
    await super.connectedCallback();
    if (isActivating && this.transfer !== null && !this.isActive) await this.handleActivate();
  }

  async load() {
    const [transfer, { connections }] = await Promise.all([
      call('GET', pathOf(...this.path)),
      call('GET', pathOf('connections')),
    ]);
    const connection = connections.find(({ id }) => id === transfer.connection);
    const [{ tables }, { optIns }] = await Promise.all([
      call('GET', pathOf('projects', connection.project)),
      call('GET', pathOf('projects', connection.project, 'opt-ins')),
      this.place === null && this.describe(transfer.connection, transfer.object, transfer.table),
    ]);
    this.table = tables.find(({ code }) => code === transfer.table);
    this.optIns = optIns.filter(({ isArchived }) => !isArchived);
    this.connection = connection;
    this.integration = this.may('deliveries:read') ? await integrationOf(this.place) : null;
    this.transfer = transfer;
    this.stored = { mapping: transfer.mapping, outbound: this.storedOutbound };
    this.both = this.stored;
    await this.judge();
  }

  /** Columns only: what is always the same is shown by the integration. Null where nobody may send. */
  get storedOutbound() {
    if (this.integration === null) return this.may('deliveries:write') ? [] : null;
    return ofColumns(this.integration.mapping);
  }

  get constants() {
    return constantsOf(this.integration?.mapping ?? []);
  }

  get askedDefinition() {
    const { outbound } = this.both;
    if (!outbound || outbound.length === 0) return null;
    const mapping = [...outbound, ...this.constants];
    return this.integration === null
      ? newDefinition(this.place, mapping)
      : { ...definitionOf(this.integration), mapping };
  }

  get outboundText() {
    if (this.integration !== null) return fill(labels.mapping.sentBy, this.integration.name);
    return this.both.outbound?.length > 0 ? labels.mapping.sentByNew : '';
  }

  get integrationLink() {
    return this.integration && linkTo('integrations', this.integration.id);
  }

  /** Where the org has no record to show, one is made up. */
  get isDryRunOffered() {
    return this.sample === null;
  }

  get valueOptions() {
    return fieldOptions(this.described, { hasParents: true });
  }

  get heading() {
    return this.transfer
      ? fill(labels.transfers.into, this.transfer.object, this.transfer.table)
      : labels.transfers.one;
  }

  get hint() {
    if (!this.transfer) return '';
    return `${this.connection.name} (${this.connection.project}) · ${labels.transfers.statuses[this.transfer.status]}`;
  }

  get isChangeable() {
    return this.transfer !== null && this.may('transfers:write');
  }

  get isReadOnly() {
    return !this.may('transfers:write');
  }

  get isActive() {
    return this.transfer.status === 'active';
  }

  /** Consent is that of contacts. */
  get isOfContacts() {
    return this.transfer.table === CONTACTS;
  }

  get isMappingChanged() {
    return this.both !== this.stored;
  }

  get isActivateDisabled() {
    return this.isBusy || this.misfits.length > 0 || this.faults.length > 0;
  }

  get advice() {
    if (this.faults.length > 0) return this.faults.join(' ');
    if (this.misfits.length > 0) return counted(labels.transfers.misfits, this.misfits.length);
    return labels.transfers.advice[this.transfer.status];
  }

  get adviceClass() {
    const theme =
      this.misfits.length + this.faults.length > 0
        ? 'slds-theme_error'
        : this.isActive
          ? 'slds-theme_success'
          : 'slds-theme_info';
    return `slds-box slds-box_x-small ${theme}`;
  }

  get triggerText() {
    return this.triggerNote ?? labels.transfers.triggerHint;
  }

  get isTriggerOffered() {
    return this.triggerNote === null && this.triggerFiles.length === 0;
  }

  get lostText() {
    return fill(labels.transfers.stillSent, this.lostFields.join(', '));
  }

  edit(both) {
    super.edit(both);
    this.lostFields = null;
  }

  handleValues(event) {
    this.valuesColumn = event.detail;
  }

  /** What a column is filled with, and what is done to it: of the way into the table only. */
  handleMapping(event) {
    this.edit({ ...this.both, mapping: event.detail });
  }

  handleConsent(event) {
    this.transfer = { ...this.transfer, consent: event.detail };
  }

  async handleUndo() {
    this.both = this.stored;
    this.lostFields = null;
    this.problem = null;
    await this.judge();
  }

  async handleSampleAgain() {
    await this.attempt(async () => {
      await this.describe(this.transfer.connection, this.transfer.object, this.transfer.table);
      await this.judge();
    });
  }

  handleSave() {
    return this.save(false);
  }

  handleSaveAnyway() {
    return this.save(true);
  }

  async save(dropsSentFields) {
    this.lostFields = null;
    let isSaved = false;
    await this.attempt(async () => {
      isSaved = await this.putBoth(dropsSentFields);
      if (isSaved) await this.load();
    });
    if (isSaved) tell(labels.transfers.saved);
  }

  /** Answers whether both ways are saved; what was not changed is left alone. */
  async putBoth(dropsSentFields) {
    const { mapping, outbound } = this.both;
    if (mapping !== this.stored.mapping && !(await this.putMapping(dropsSentFields))) return false;
    if (outbound !== this.stored.outbound)
      await saveOutbound(this.place, this.integration, [...outbound, ...this.constants]);
    return true;
  }

  /** Answers whether it is saved; where Salesforce sends what it loses, it is asked about first. */
  async putMapping(dropsSentFields) {
    try {
      await call('PUT', pathOf(...this.path, 'mapping'), { mapping: this.both.mapping, dropsSentFields });
      return true;
    } catch (error) {
      if (error.code !== 'fields-still-sent') throw error;
      this.lostFields = error.problem.fields;
      return false;
    }
  }

  /** What is activated is what is on the screen, both ways. */
  async handleActivate() {
    let isActivated = false;
    await this.attempt(async () => {
      if (this.isMappingChanged && !(await this.putBoth(false))) return;
      await call('POST', pathOf(...this.path, 'activate'));
      await this.load();
      if (this.integration?.status === 'draft' && this.both.outbound?.length > 0) {
        await call('POST', pathOf('integrations', this.integration.id, 'activate'));
        await this.load();
      }
      isActivated = true;
    });
    if (isActivated) tell(labels.transfers.activated);
  }

  /** What is chosen and not saved yet stays. */
  async handlePause() {
    await this.attempt(async () => {
      const { status } = await call('POST', pathOf(...this.path, 'pause'));
      this.transfer = { ...this.transfer, status };
    }, labels.transfers.paused);
  }

  async handleTrigger() {
    await this.attempt(async () => {
      try {
        const { files } = await call('GET', pathOf(...this.path, 'trigger'));
        this.triggerFiles = files;
      } catch (error) {
        // Not a failure: the package brings the trigger.
        if (error.code !== 'trigger-shipped') throw error;
        this.triggerNote = error.message;
      }
    });
  }
}
