import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { linkTo } from 'di/route';
import { FIELD_TYPES } from 'di/fieldRows';

const HAS_LENGTH = new Set(['text', 'email', 'phone', 'url', 'picklist']);
const HAS_VALUES = new Set(['picklist', 'multipicklist']);

/** The definition of a table: its fields, to be added, changed and archived. */
export default class TableScreen extends Screen {
  table = null;
  /** The field that is changed; '' for a new one, null for none. */
  edited = null;
  isChanged = false;
  typeOptions = FIELD_TYPES.map((value) => ({ value, label: labels.fields.types[value] }));

  async load() {
    const { project, table } = this.route.params;
    const answer = await call('GET', pathOf('projects', project));
    const found = answer.tables.find(({ code }) => code === table);
    if (!found) throw new Error(fill(labels.tables.missing, table));
    this.table = found;
  }

  get heading() {
    return this.table?.name ?? this.route.params.table;
  }

  get hint() {
    return this.table ? fill(labels.tables.keyIs, this.table.primaryKey.join(', ')) : '';
  }

  get backLink() {
    return linkTo('projects', this.route.params.project);
  }

  get rowsLink() {
    return linkTo('projects', this.route.params.project, this.route.params.table, 'rows');
  }

  get isBuilt() {
    return this.table?.isBuilt ?? false;
  }

  get isChangeable() {
    return this.table !== null && this.may('projects:write');
  }

  get isEditing() {
    return this.edited !== null;
  }

  get isNewOffered() {
    return this.isChangeable && !this.isEditing;
  }

  get formTitle() {
    return this.edited === '' ? labels.fields.add : fill(labels.fields.change, this.edited);
  }

  get hasLength() {
    return HAS_LENGTH.has(this.draft.type);
  }

  get isDecimal() {
    return this.draft.type === 'decimal';
  }

  get isPicklist() {
    return HAS_VALUES.has(this.draft.type);
  }

  get rows() {
    return this.table.fields.map((field) => ({
      ...field,
      typeText: typeText(field),
      rules: this.rulesOf(field),
      editLabel: fill(labels.fields.of, labels.action.edit, field.name),
      archiveLabel: fill(labels.fields.of, labels.projects.archive, field.name),
      restoreLabel: fill(labels.fields.of, labels.projects.restore, field.name),
    }));
  }

  rulesOf(field) {
    return [
      this.table.primaryKey.includes(field.name) && labels.fields.key,
      field.required && labels.fields.required,
      field.unique && labels.fields.unique,
      field.picklist && field.picklist.join(', '),
      field.isArchived && labels.projects.archived,
    ]
      .filter(Boolean)
      .join(' · ');
  }

  handleNew() {
    this.draft = { name: '', label: '', type: 'text', required: false, unique: false };
    this.edited = '';
  }

  handleEdit(event) {
    const { field: name } = event.target.dataset;
    const field = this.table.fields.find((each) => each.name === name);
    this.draft = { ...field, picklist: field.picklist?.join('\n') ?? '' };
    this.edited = name;
  }

  handleCancel() {
    this.edited = null;
    this.problem = null;
  }

  async handleSave(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const path = /** @type {const} */ ([...this.tablePath(), 'fields']);
    await this.attempt(async () => {
      if (this.edited === '') await call('POST', pathOf(...path), this.definition());
      else await call('PATCH', pathOf(...path, this.edited), this.definition());
      this.edited = null;
      await this.afterChange();
    });
  }

  async handleArchive(event) {
    const { field } = event.target.dataset;
    const verb = /** @type {'archive' | 'restore'} */ (event.target.dataset.verb);
    await this.attempt(async () => {
      await call('POST', pathOf(...this.tablePath(), 'fields', field, verb));
      await this.afterChange();
    });
  }

  async afterChange() {
    this.isChanged = true;
    await this.load();
  }

  /** @returns {readonly ['projects', string, 'tables', string]} */
  tablePath() {
    return ['projects', this.route.params.project, 'tables', this.route.params.table];
  }

  /** What was filled in, as far as it belongs to the type. */
  definition() {
    const { name, label, type, required, unique, length, precision, scale, picklist } = this.draft;
    const number = (value) => (value === undefined || value === null || value === '' ? null : Number(value));
    const values = (picklist ?? '')
      .split('\n')
      .map((value) => value.trim())
      .filter(Boolean);
    return {
      ...{ name, type, required, unique },
      ...(label ? { label } : {}),
      ...(this.hasLength ? { length: number(length) } : {}),
      ...(this.isDecimal ? { precision: number(precision), scale: number(scale) } : {}),
      ...(this.isPicklist ? { picklist: values.length > 0 ? values : null } : {}),
    };
  }
}

function typeText({ type, length, precision, scale }) {
  const name = labels.fields.types[type] ?? type;
  if (type === 'decimal') return `${name} (${precision}, ${scale})`;
  return HAS_LENGTH.has(type) && length !== null ? `${name} (${length})` : name;
}
