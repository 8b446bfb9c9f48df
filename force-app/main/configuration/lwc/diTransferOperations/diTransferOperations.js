import { LightningElement, api, wire } from 'lwc';
import describeObject from '@salesforce/apex/DI_DataTransferController.describeObject';
import { labels } from './labels';

const OPERATIONS = ['onInsert', 'onUpdate', 'onDelete', 'onUndelete'];

/**
 * Which changes a transfer sends, and of which records.
 *
 * @fires DiTransferOperations#operationschange with the members of the draft that changed
 */
export default class DiTransferOperations extends LightningElement {
  labels = labels;
  /**
   * The transfer as it is edited.
   *
   * @type {Partial<Apex.DI_TransferDraft>}
   */
  @api draft;

  @wire(describeObject, { objectName: '$draft.objectName' })
  description;

  operations = [
    { value: 'onInsert', label: labels.insert },
    { value: 'onUpdate', label: labels.update },
    { value: 'onDelete', label: labels.remove },
    { value: 'onUndelete', label: labels.undelete },
  ];

  unchecked = [
    { value: 'Archive', label: labels.archive },
    { value: 'Stop', label: labels.stop },
  ];

  get chosenOperations() {
    return OPERATIONS.filter((name) => this.draft[name]);
  }

  get fields() {
    return this.description?.data?.fields ?? [];
  }

  get checkboxes() {
    const fields = this.fields
      .filter(({ type, path }) => type === 'BOOLEAN' && path !== 'IsDeleted')
      .map(({ path, label }) => ({ value: path, label: `${label} (${path})` }));
    return [{ value: '', label: labels.all }, ...fields];
  }

  get filterField() {
    return this.draft.filterField ?? '';
  }

  get hasFilter() {
    return Boolean(this.draft.filterField) || this.draft.conditions?.length > 0;
  }

  handleOperations(event) {
    const { value } = event.detail;
    this.tell(Object.fromEntries(OPERATIONS.map((name) => [name, value.includes(name)])));
  }

  handleFilter(event) {
    this.tell({ filterField: event.detail.value || null });
  }

  handleConditions(event) {
    this.tell({ conditions: event.detail.conditions });
  }

  handleUnchecked(event) {
    this.tell({ whenUnchecked: event.detail.value });
  }

  tell(detail) {
    this.dispatchEvent(new CustomEvent('operationschange', { detail }));
  }
}
