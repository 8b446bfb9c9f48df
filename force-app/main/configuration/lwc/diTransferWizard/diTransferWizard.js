import { api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import sourceObjects from '@salesforce/apex/DI_DataTransferController.sourceObjects';
import loadTransfer from '@salesforce/apex/DI_DataTransferController.loadTransfer';
import saveTransfer from '@salesforce/apex/DI_DataTransferController.saveTransfer';
import catalogOf from '@salesforce/apex/DI_DestinationProjectController.catalog';
import refreshCatalog from '@salesforce/apex/DI_DestinationProjectController.refreshCatalog';
import DiBusyElement from 'c/diBusyElement';
import { fillIn } from 'c/diLabelText';
import { labels } from './labels';

const STEPS = ['object', 'fields', 'operations', 'activate'];
/** @type {Partial<Apex.DI_TransferDraft>} */
const NEW_TRANSFER = {
  name: '',
  projectId: null,
  objectName: null,
  tableCode: null,
  fields: [],
  onInsert: true,
  onUpdate: true,
  onDelete: true,
  onUndelete: true,
  filterField: null,
  conditions: [],
  whenUnchecked: 'Archive',
  status: 'Draft',
};

/**
 * Makes or changes a transfer in four steps: object and table, fields, operations, test and activation. It is saved before
 * the last one, so that a draft can be left; one that is active is left alone until its changes are applied there.
 *
 * @fires DiTransferWizard#close when it is done or given up
 */
export default class DiTransferWizard extends DiBusyElement {
  labels = labels;
  /** The transfer to change; empty for a new one. */
  @api transferId;
  /**
   * Destination projects, as DI_DestinationProjectController lists them.
   *
   * @type {Apex.DI_DestinationProjectController.Project[]}
   */
  @api projects = [];

  draft = { ...NEW_TRANSFER };
  /** @type {Apex.DI_SourceObjects.Choice[]} */
  objects = [];
  /** @type {Apex.DI_ProjectCatalog | null} */
  catalog = null;
  step = STEPS[0];
  problems = [];
  isLoading = true;
  /** The name is ours until somebody writes another. */
  isNameGiven = false;

  steps = [
    { value: 'object', label: labels.stepObject },
    { value: 'fields', label: labels.stepFields },
    { value: 'operations', label: labels.stepOperations },
    { value: 'activate', label: labels.stepActivate },
  ];

  connectedCallback() {
    return this.load();
  }

  get title() {
    return this.transferId ? fillIn(labels.editTitle, this.draft.name) : labels.newTitle;
  }

  get isObjectStep() {
    return this.isReady && this.step === 'object';
  }

  get isFieldsStep() {
    return this.isReady && this.step === 'fields';
  }

  get isOperationsStep() {
    return this.isReady && this.step === 'operations';
  }

  get isActivateStep() {
    return this.isReady && this.step === 'activate';
  }

  get isReady() {
    return !this.isLoading;
  }

  get hasBack() {
    return this.step !== 'object';
  }

  get hasNext() {
    return this.step !== 'activate';
  }

  get closeLabel() {
    return this.step === 'activate' && !this.isLive ? labels.close : labels.cancel;
  }

  /** What is saved of it is sent. */
  get isLive() {
    return this.draft.status === 'Active';
  }

  get projectOptions() {
    return this.projects
      .filter(({ id, status }) => status === 'Authorized' || id === this.draft.projectId)
      .map(({ id, name }) => ({ value: id, label: name }));
  }

  get tableOptions() {
    return (this.catalog?.tables ?? []).map(({ code, name }) => ({
      value: code,
      label: name && name !== code ? `${name} (${code})` : code,
    }));
  }

  get hasNoTables() {
    return this.tableOptions.length === 0;
  }

  get table() {
    return this.catalog?.tables.find(({ code }) => code === this.draft.tableCode);
  }

  get primaryKey() {
    return this.table?.primaryKey ?? [];
  }

  get mapping() {
    return (this.catalog?.mappings ?? []).find(
      ({ table, objectName }) =>
        table === this.draft.tableCode && objectName?.toLowerCase() === this.draft.objectName?.toLowerCase(),
    );
  }

  get problemRows() {
    return this.problems.map((problem, key) => ({ ...problem, key }));
  }

  async load() {
    this.isLoading = true;
    await this.attempt(labels.notLoaded, async () => {
      this.objects = await sourceObjects();
      if (this.transferId) {
        this.draft = { ...NEW_TRANSFER, ...(await loadTransfer({ transferId: this.transferId })) };
        this.isNameGiven = true;
      }
      const authorized = this.projectOptions;
      if (!this.draft.projectId && authorized.length === 1) this.set({ projectId: authorized[0].value });
      await this.loadTables();
    });
    this.isLoading = false;
  }

  /** A new transfer is made of the tables that DI has now; where it does not answer, of those that were kept. */
  async loadTables() {
    if (this.transferId) return this.loadCatalog(catalogOf);
    return this.loadCatalog(refreshCatalog).catch(() => this.loadCatalog(catalogOf));
  }

  /** @param {Function} ask Apex: what was kept, or what DI answers now */
  async loadCatalog(ask) {
    this.catalog = this.draft.projectId ? await ask({ projectId: this.draft.projectId }) : null;
    this.nameIt();
  }

  /** Another object or table has other fields: what was chosen before is forgotten. */
  set(changes) {
    const isOther = ['objectName', 'tableCode', 'projectId'].some(
      (key) => key in changes && changes[key] !== this.draft[key],
    );
    this.draft = { ...this.draft, ...changes, ...(isOther ? { fields: [] } : {}) };
    if (isOther && 'objectName' in changes) this.draft = { ...this.draft, filterField: null, conditions: [] };
    this.nameIt();
  }

  nameIt() {
    const { objectName, projectId } = this.draft;
    if (this.isNameGiven || !objectName || !projectId) return;
    const object = this.objects.find(({ name }) => name === objectName)?.label ?? objectName;
    const project = this.projects.find(({ id }) => id === projectId)?.name ?? '';
    this.draft = { ...this.draft, name: fillIn(labels.defaultName, object, project).slice(0, 80) };
  }

  handleProject(event) {
    this.set({ projectId: event.detail.value, tableCode: null });
    return this.work(labels.notLoaded, () => this.loadTables());
  }

  handleObject(event) {
    const objectName = event.detail.value;
    this.set({ objectName });
    // Where DI maps the object to one table, that is the one.
    const mapped = (this.catalog?.mappings ?? []).filter(
      (each) => each.objectName?.toLowerCase() === objectName.toLowerCase(),
    );
    if (!this.draft.tableCode && mapped.length === 1) this.set({ tableCode: mapped[0].table });
  }

  handleTable(event) {
    this.set({ tableCode: event.detail.value });
  }

  handleName(event) {
    this.isNameGiven = event.target.value !== '';
    this.set({ name: event.target.value });
  }

  handleRefresh() {
    return this.work(labels.notLoaded, async () => {
      await this.loadCatalog(refreshCatalog);
      this.toast(labels.tablesRefreshed, '', 'success');
      /** @type {Element & { checkWithDi(): Promise<void> }} */
      const mapping = this.template.querySelector('c-di-transfer-field-mapping');
      await mapping?.checkWithDi();
    });
  }

  handleFields(event) {
    this.draft = { ...this.draft, fields: event.detail.fields };
  }

  handleChecked(event) {
    this.problems = event.detail.problems;
  }

  handleOperations(event) {
    this.draft = { ...this.draft, ...event.detail };
  }

  handleBack() {
    this.go(-1);
  }

  async handleNext() {
    this.error = null;
    if (!this.isStepComplete()) {
      this.error = this.step === 'fields' ? labels.chooseFields : labels.completeStep;
      this.errorTitle = null;
      return;
    }
    if (this.step === 'operations' && !this.isLive) {
      const isSaved = await this.work(labels.notSaved, () => this.save());
      if (!isSaved) return;
    }
    this.go(1);
  }

  handleActivated() {
    this.draft = { ...this.draft, status: 'Active' };
    this.toast(fillIn(labels.activated, this.draft.name), labels.activatedDetail, 'success');
    this.handleClose();
  }

  handleApplied() {
    this.toast(fillIn(labels.applied, this.draft.name), labels.appliedDetail, 'success');
    this.handleClose();
  }

  handleClose() {
    this.dispatchEvent(new CustomEvent('close'));
  }

  isStepComplete() {
    if (this.step === 'fields') return this.draft.fields.length > 0;
    const inputs = [...this.template.querySelectorAll('[data-required]')];
    const wrong = inputs.filter((input) => !input.reportValidity());
    wrong[0]?.focus();
    return wrong.length === 0 && Boolean(this.draft.objectName);
  }

  async save() {
    const transferId = await saveTransfer({ draft: this.draft });
    this.draft = { ...this.draft, transferId };
    this.toast(fillIn(labels.saved, this.draft.name), '', 'success');
  }

  go(by) {
    this.step = STEPS[STEPS.indexOf(this.step) + by];
    this.error = null;
    if (this.step !== 'fields') this.problems = [];
    // What was pressed may be gone: the heading of the step takes the focus, and a screen reader says where one is.
    Promise.resolve().then(() => this.template.querySelector('[data-heading]')?.focus());
  }

  toast(title, message, variant) {
    this.dispatchEvent(new ShowToastEvent({ title, message, variant }));
  }
}
