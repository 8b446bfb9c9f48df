import { api } from 'lwc';
import { Form } from 'di/screen';
import { fill, labels, optionsOf } from 'di/labels';

/** Constants that need nothing typed. */
const FIXED = { true: true, false: false, empty: null };

/** Salesforce fields with where each takes its value from: a value of the item, or always the same one. */
export default class SourcedFields extends Form {
  @api label;
  @api hint;
  @api addLabel;
  @api isDisabled = false;
  /** Fields of the object, as options. */
  @api options = [];
  rows = [];
  next = 0;

  /** Entries as the API takes them; what is typed since is in `entries`. */
  @api
  get fields() {
    return this.entries;
  }
  set fields(value) {
    this.rows = (value ?? []).map((entry) => ({ ...rowOf(entry), id: this.newId() }));
  }

  /** Entries as they stand. */
  @api
  get entries() {
    return this.rows.map(entryOf);
  }

  @api
  reportValidity() {
    return this.isFilled();
  }

  newId() {
    this.next += 1;
    return String(this.next);
  }

  get isUnknown() {
    return this.options.length === 0;
  }

  get isEditable() {
    return !this.isDisabled;
  }

  get kindOptions() {
    return optionsOf(labels.recordActions.kinds);
  }

  get shown() {
    return this.rows.map((row, index) => ({
      ...row,
      place: String(index + 1),
      hasValue: !(row.kind in FIXED),
      inputType: row.kind === 'number' ? 'number' : 'text',
      valueLabel: row.kind === 'path' ? labels.recordActions.path : labels.rows.value,
      placeholder: row.kind === 'path' ? 'traits.email' : '',
      removeLabel: fill(labels.list.actionOf, labels.action.remove, row.field || String(index + 1)),
    }));
  }

  handleAdd() {
    this.rows = [...this.rows, { id: this.newId(), field: '', kind: 'path', value: '' }];
  }

  handleRemove(event) {
    const { id } = event.target.dataset;
    this.rows = this.rows.filter((row) => row.id !== id);
  }

  handleChange(event) {
    const { name, dataset } = event.target;
    const { value } = event.detail;
    this.rows = this.rows.map((row) => (row.id === dataset.id ? { ...row, [name]: value } : row));
  }
}

/** @param {{ field: string, path?: string, constant?: unknown }} entry */
function rowOf({ field, path, constant }) {
  if (path !== undefined) return { field, kind: 'path', value: path };
  const fixed = Object.keys(FIXED).find((name) => FIXED[name] === constant);
  if (fixed) return { field, kind: fixed, value: '' };
  return { field, kind: typeof constant === 'number' ? 'number' : 'text', value: String(constant) };
}

function entryOf({ field, kind, value }) {
  const name = field.trim();
  if (kind === 'path') return { field: name, path: value.trim() };
  if (kind in FIXED) return { field: name, constant: FIXED[kind] };
  return { field: name, constant: kind === 'number' ? Number(value) : value };
}
