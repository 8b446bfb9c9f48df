import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';

export const FIELD_TYPES = [
  'text',
  'longtext',
  'integer',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'time',
  'email',
  'phone',
  'url',
  'picklist',
  'multipicklist',
  'salesforce_id',
  'json',
];

let made = 0;

/** A field to be filled in. */
export function emptyField(name = '', type = 'text') {
  made += 1;
  return { key: `field-${made}`, name, label: '', type, required: false, isKey: false };
}

/** What the API takes of the rows: fields, and the names of those that are the primary key. */
export function definitionOf(rows) {
  return {
    primaryKey: rows.filter(({ isKey }) => isKey).map(({ name }) => name),
    fields: rows.map(({ name, label, type, required }) => ({
      name,
      type,
      required,
      ...(label ? { label } : {}),
    })),
  };
}

/**
 * Fields of a table that is about to be made.
 *
 * @fires FieldRows#edited with the rows; not `change`, which the inputs' own events are called that pass by
 */
export default class FieldRows extends LightningElement {
  labels = labels;
  /** Rows of emptyField. */
  @api fields = [];

  typeOptions = FIELD_TYPES.map((value) => ({ value, label: labels.fields.types[value] }));

  get rows() {
    return this.fields.map((field, index) => {
      const of = (what) => fill(labels.fields.of, what, field.name || String(index + 1));
      return {
        ...field,
        index,
        nameLabel: of(labels.fields.name),
        labelLabel: of(labels.fields.label),
        typeLabel: of(labels.fields.type),
        keyLabel: of(labels.fields.key),
        requiredLabel: of(labels.fields.required),
        removeLabel: of(labels.action.remove),
      };
    });
  }

  handleChange(event) {
    const { name, dataset } = event.target;
    const isCheckbox = name === 'isKey' || name === 'required';
    const value = isCheckbox ? event.detail.checked : event.detail.value;
    const changed = { ...this.fields[dataset.index], [name]: value };
    this.change(this.fields.with(Number(dataset.index), changed));
  }

  handleRemove(event) {
    const { index } = event.target.dataset;
    this.change(this.fields.filter((_field, place) => place !== Number(index)));
  }

  handleAdd() {
    this.change([...this.fields, emptyField()]);
  }

  change(fields) {
    this.dispatchEvent(new CustomEvent('edited', { detail: fields }));
  }
}
