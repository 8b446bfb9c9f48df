import { LightningElement, api } from 'lwc';
import describeObject from '@salesforce/apex/DI_DataTransferController.describeObject';
import describeParent from '@salesforce/apex/DI_DataTransferController.describeParent';
import checkTransfer from '@salesforce/apex/DI_DataTransferController.checkTransfer';
import askDi from '@salesforce/apex/DI_DataTransferController.checkWithDi';
import { fillIn } from 'c/diLabelText';
import { typeLabel } from 'c/diFieldTypes';
import { labels } from './labels';

const ICONS = { error: 'utility:error', warning: 'utility:warning' };

/**
 * Which fields a transfer sends, and how each fits the column that DI maps it to.
 *
 * @fires DiTransferFieldMapping#fieldschange with `{ fields }`: path, primary key and written by DI, in their order
 * @fires DiTransferFieldMapping#checked with `{ problems }` of the draft as a whole
 */
export default class DiTransferFieldMapping extends LightningElement {
  labels = labels;
  /**
   * The transfer as it is edited: project, object, table and fields.
   *
   * @type {Partial<Apex.DI_TransferDraft>}
   */
  @api draft;
  /** What DI maps, columns by lower-case path; null where it maps nothing. */
  @api mapping;
  /** Names of the table's primary key columns. */
  @api primaryKey = [];

  /** @type {Apex.DI_SourceObjects.Description | null} */
  description = null;
  /** @type {Apex.DI_SourceObjects.Field[]} */
  parentFields = [];
  loadedParents = new Set();
  fields = [];
  results = new Map();
  /** What DI said last, by path: it stands until DI is asked again. */
  answered = new Map();
  error = null;
  isLoading = true;

  async connectedCallback() {
    await this.load();
  }

  get options() {
    return [...(this.description?.fields ?? []), ...this.parentFields]
      .map((field) => ({ value: field.path, label: `${field.label} · ${typeLabel(field)}` }))
      .sort((one, other) => one.label.localeCompare(other.label));
  }

  get paths() {
    return this.fields.map(({ path }) => path);
  }

  get parents() {
    const relationships = (this.description?.relationships ?? [])
      .map(({ name, label, objectName }) => ({ value: name, label: `${label} (${objectName})` }))
      .sort((one, other) => one.label.localeCompare(other.label));
    return [{ value: '', label: labels.none }, ...relationships];
  }

  get isReady() {
    return this.description !== null;
  }

  get hasFields() {
    return this.fields.length > 0;
  }

  get rows() {
    return this.fields.map((field) => {
      const result = this.results.get(field.path) ?? {};
      const label = result.label ?? field.path;
      return {
        ...field,
        label,
        type: typeLabel(result),
        column: result.column ?? '',
        columnType: result.columnType ? columnType(result) : '',
        keyLabel: fillIn(labels.keyOf, label),
        writtenLabel: fillIn(labels.writtenOf, label),
        isChecked: this.results.has(field.path),
        message: result.message,
        icon: ICONS[result.severity] ?? 'utility:success',
        variant: result.severity ?? 'success',
        severity: result.severity ?? 'fits',
        severityLabel: labels[result.severity] ?? labels.fits,
      };
    });
  }

  /** Asks DI too, which learns what the fields are: the tables were refreshed. */
  @api
  async checkWithDi() {
    const result = await askDi({ draft: { ...this.draft, fields: this.fields } });
    const said = result.fields.filter(({ isFromDi }) => isFromDi);
    this.answered = new Map(said.map((each) => [each.path, each]));
    this.take(result);
  }

  async check() {
    this.take(await checkTransfer({ draft: { ...this.draft, fields: this.fields } }));
  }

  take({ problems, fields }) {
    const checked = fields.map((each) => worse(each, this.answered.get(each.path)));
    this.results = new Map(checked.map((each) => [each.path, each]));
    this.dispatchEvent(new CustomEvent('checked', { detail: { problems, fields: checked } }));
  }

  async load() {
    this.isLoading = true;
    this.error = null;
    try {
      this.description = await describeObject({ objectName: this.draft.objectName });
      await this.choose(this.draft.fields?.length > 0 ? this.draft.fields : await this.mappedFields());
    } catch (error) {
      this.error = error;
    } finally {
      this.isLoading = false;
    }
  }

  /** What DI expects is what most people want to send: it is chosen to begin with, its primary key marked. */
  async mappedFields() {
    const columns = this.mapping?.columns ?? {};
    const parents = new Set(
      Object.keys(columns)
        .filter((path) => path.includes('.'))
        .map((path) => path.split('.')[0]),
    );
    const wanted = this.description.relationships.filter(({ name }) => parents.has(name.toLowerCase()));
    await Promise.all(wanted.map(({ name }) => this.loadParent(name)));
    const known = [...this.description.fields, ...this.parentFields];
    return Object.entries(columns).flatMap(([path, column]) => {
      const field = known.find((each) => each.path.toLowerCase() === path);
      return field
        ? [{ path: field.path, isPrimaryKey: this.primaryKey.includes(column), isWrittenByDi: false }]
        : [];
    });
  }

  async loadParent(relationshipName) {
    if (this.loadedParents.has(relationshipName)) return;
    this.loadedParents.add(relationshipName);
    const fields = await describeParent({ objectName: this.draft.objectName, relationshipName });
    this.parentFields = [...this.parentFields, ...fields];
  }

  async choose(fields) {
    // The list shows a chosen field only where it is among the options.
    const parents = fields.filter(({ path }) => path.includes('.')).map(({ path }) => path.split('.')[0]);
    await Promise.all(parents.map((name) => this.loadParent(name)));
    this.fields = fields.map((each) => ({ ...each }));
    this.dispatchEvent(new CustomEvent('fieldschange', { detail: { fields: this.fields } }));
    await this.check();
  }

  async attempt(call) {
    this.error = null;
    try {
      await call();
    } catch (error) {
      this.error = error;
    }
  }

  handleParent(event) {
    const { value } = event.detail;
    return value ? this.attempt(() => this.loadParent(value)) : undefined;
  }

  handleSelect(event) {
    const known = new Map(this.fields.map((field) => [field.path, field]));
    const fields = event.detail.value.map((path) => known.get(path) ?? this.newField(path));
    return this.attempt(() => this.choose(fields));
  }

  newField(path) {
    const column = this.mapping?.columns?.[path.toLowerCase()];
    return {
      path,
      isPrimaryKey: column !== undefined && this.primaryKey.includes(column),
      isWrittenByDi: false,
    };
  }

  handleMark(event) {
    const { path, mark } = event.target.dataset;
    const { checked } = event.target;
    const fields = this.fields.map((field) => (field.path === path ? { ...field, [mark]: checked } : field));
    return this.attempt(() => this.choose(fields));
  }
}

/**
 * What was found, or what DI said of the same field where that weighs more.
 *
 * @param {Apex.DI_TransferCheck.FieldResult} found
 * @param {Apex.DI_TransferCheck.FieldResult} [answered]
 */
function worse(found, answered) {
  const weight = (finding) => ['warning', 'error'].indexOf(finding?.severity);
  if (weight(answered) <= weight(found) || answered.column !== found.column) return found;
  return { ...found, severity: answered.severity, message: answered.message };
}

/** The column's type with its length, `text(40)`. */
function columnType({ columnType: type, columnLength }) {
  return columnLength && type === 'text' ? `${type}(${columnLength})` : type;
}
