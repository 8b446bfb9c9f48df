import Screen, { tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { counted } from 'di/format';

const CONTACTS = 'Contact';

/** A transfer: its mapping with types side by side, a dry run, its trigger, and its activation. */
export default class TransferScreen extends Screen {
  transfer = null;
  connection = null;
  table = null;
  described = null;
  /** Of the project, that are not archived. */
  optIns = [];
  /** As it is on the screen; the transfer's own until something is changed. */
  mapping = [];
  triggerFiles = [];
  /** What the server said where the object needs no trigger. */
  triggerNote = null;
  /** Fields that Salesforce sends and the mapping on the screen loses, where the server has asked about them. */
  lostFields = null;

  /** @returns {readonly ['transfers', string]} */
  get path() {
    return ['transfers', this.route.params.transfer];
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
    ]);
    this.table = tables.find(({ code }) => code === transfer.table);
    this.described = transfer.compatibility === null ? null : await this.describe(transfer);
    this.optIns = optIns.filter(({ isArchived }) => !isArchived);
    this.connection = connection;
    this.transfer = transfer;
    this.mapping = transfer.mapping;
  }

  async describe({ connection, object }) {
    const { fields } = await call('GET', pathOf('connections', connection, 'objects', object));
    return fields;
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

  get columns() {
    return this.table.fields.filter(({ isArchived }) => !isArchived);
  }

  get columnNames() {
    return this.columns.map(({ name }) => name);
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
    return this.mapping !== this.transfer.mapping;
  }

  /** Of the mapping that is stored: of another one the server has not said anything yet. */
  get shownMisfits() {
    return this.isMappingChanged ? null : this.transfer.compatibility;
  }

  get misfits() {
    return (this.transfer.compatibility ?? []).filter(({ level }) => level === 'misfit');
  }

  get isActivateDisabled() {
    return this.isBusy || this.isMappingChanged;
  }

  get advice() {
    if (this.isMappingChanged) return labels.transfers.saveFirst;
    if (this.misfits.length > 0) return counted(labels.transfers.misfits, this.misfits.length);
    if (this.transfer.compatibility === null)
      return fill(labels.transfers.notDescribed, this.transfer.object);
    return labels.transfers.advice[this.transfer.status];
  }

  get adviceClass() {
    const theme =
      this.misfits.length > 0 ? 'slds-theme_error' : this.isActive ? 'slds-theme_success' : 'slds-theme_info';
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

  handleMapping(event) {
    this.mapping = event.detail;
    this.lostFields = null;
  }

  handleConsent(event) {
    this.transfer = { ...this.transfer, consent: event.detail };
  }

  handleUndo() {
    this.mapping = this.transfer.mapping;
    this.lostFields = null;
    this.problem = null;
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
      isSaved = await this.putMapping(dropsSentFields);
      if (isSaved) await this.load();
    });
    if (isSaved) tell(labels.transfers.saved);
  }

  /** Answers whether it is saved; where Salesforce sends what it loses, it is asked about first. */
  async putMapping(dropsSentFields) {
    try {
      await call('PUT', pathOf(...this.path, 'mapping'), { mapping: this.mapping, dropsSentFields });
      return true;
    } catch (error) {
      if (error.code !== 'fields-still-sent') throw error;
      this.lostFields = error.problem.fields;
      return false;
    }
  }

  async handleActivate() {
    await this.attempt(async () => {
      await call('POST', pathOf(...this.path, 'activate'));
      await this.load();
    }, labels.transfers.activated);
  }

  async handlePause() {
    await this.attempt(async () => {
      await call('POST', pathOf(...this.path, 'pause'));
      await this.load();
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
