import { LightningElement, api } from 'lwc';
import { operatorsOf, takesValue } from 'c/diFilterText';
import { fillIn } from 'c/diLabelText';
import { labels } from './labels';

/** Conditions of a transfer: Apex refuses more (DI_RecordFilter). */
const MOST = 10;
const INPUTS = {
  INTEGER: 'number',
  LONG: 'number',
  DOUBLE: 'number',
  CURRENCY: 'number',
  PERCENT: 'number',
  DATE: 'date',
  DATETIME: 'datetime',
};

/**
 * The conditions beside a transfer's checkbox, each of which holds of what is sent.
 *
 * @fires DiTransferFilter#conditionschange with `{ conditions }`
 */
export default class DiTransferFilter extends LightningElement {
  labels = labels;
  /** Field, operator and value each. */
  @api conditions = [];
  /**
   * The object's fields, as DI_DataTransferController describes them.
   *
   * @type {Apex.DI_SourceObjects.Field[]}
   */
  @api fields = [];

  checked = [
    { value: 'true', label: labels.yes },
    { value: 'false', label: labels.no },
  ];

  get usable() {
    return this.fields.filter(({ isFilterable }) => isFilterable);
  }

  get fieldOptions() {
    return this.usable
      .map(({ path, label }) => ({ value: path, label: `${label} (${path})` }))
      .sort((one, other) => one.label.localeCompare(other.label));
  }

  get rows() {
    return (this.conditions ?? []).map((condition, index) => {
      const type = this.typeOf(condition.field);
      return {
        ...condition,
        index,
        operators: operatorsOf(type),
        isCheckbox: type === 'BOOLEAN',
        hasInput: type !== 'BOOLEAN' && takesValue(condition.operator),
        inputType: INPUTS[type] ?? 'text',
        step: INPUTS[type] === 'number' ? 'any' : undefined,
        help: condition.operator === 'in' ? labels.valuesHelp : undefined,
        removeLabel: fillIn(labels.remove, condition.field),
      };
    });
  }

  get mayAdd() {
    return this.usable.length > 0 && this.rows.length < MOST;
  }

  typeOf(path) {
    return this.usable.find((field) => field.path === path)?.type;
  }

  handleAdd() {
    this.tell([...(this.conditions ?? []), this.start(this.fieldOptions[0].value)]);
  }

  handleRemove(event) {
    const removed = indexOf(event);
    this.tell(this.conditions.filter((_condition, index) => index !== removed));
  }

  /** What another field is compared with is another value. */
  handleField(event) {
    this.replace(indexOf(event), this.start(event.detail.value));
  }

  handleOperator(event) {
    const index = indexOf(event);
    const operator = event.detail.value;
    const value = takesValue(operator) ? this.conditions[index].value : null;
    this.replace(index, { ...this.conditions[index], operator, value });
  }

  handleValue(event) {
    const index = indexOf(event);
    this.replace(index, { ...this.conditions[index], value: event.detail.value });
  }

  start(field) {
    return { field, operator: 'equals', value: this.typeOf(field) === 'BOOLEAN' ? 'true' : null };
  }

  replace(at, condition) {
    this.tell(this.conditions.map((each, index) => (index === at ? condition : each)));
  }

  tell(conditions) {
    this.dispatchEvent(new CustomEvent('conditionschange', { detail: { conditions } }));
  }
}

function indexOf(event) {
  return Number(event.target.dataset.index);
}
