import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';

const LOOKS = {
  fits: { icon: 'utility:check', variant: 'success' },
  checked: { icon: 'utility:warning', variant: 'warning' },
  misfit: { icon: 'utility:error', variant: 'error' },
};

/**
 * Columns of a table beside the Salesforce fields that fill them, with both types and how they fit, the primary key first.
 *
 * @fires MappingTable#mapped with the mapping; not `change`, which the inputs' own events are called that pass by
 */
export default class MappingTable extends LightningElement {
  labels = labels;
  /** Fields of the table. */
  @api columns = [];
  @api primaryKey = [];
  /** Fields of the object as the org described them; null where it has not. */
  @api described = null;
  /** Entries as the API takes them. */
  @api mapping = [];
  /** What the server said of the mapping as it is stored; null where it cannot say. */
  @api misfits = null;
  @api isDisabled = false;

  get isDescribed() {
    return this.described !== null;
  }

  get rows() {
    const isKey = (name) => this.primaryKey.includes(name);
    const sorted = [...this.columns].sort(
      (one, other) => Number(isKey(other.name)) - Number(isKey(one.name)),
    );
    return sorted.map((column) => {
      const entry = this.mapping.find((each) => each.column === column.name);
      const field = entry?.salesforceField ?? '';
      return {
        column: column.name,
        columnType: sized(labels.fields.types[column.type] ?? column.type, column),
        isKey: isKey(column.name),
        field,
        special: specialText(entry),
        fieldLabel: fill(labels.transfers.fieldFor, column.name),
        placeholder: isKey(column.name) ? 'Email' : '',
        options: this.optionsOf(field),
        fieldType: this.typeOf(field),
        ...this.fitOf(column.name, entry),
      };
    });
  }

  optionsOf(chosen) {
    const names = (this.described ?? []).map(({ name }) => name);
    // A path to a parent's field is not among the object's own.
    const all = chosen === '' || names.includes(chosen) ? names : [chosen, ...names];
    return [
      { value: '', label: labels.transfers.notMapped },
      ...all.sort((one, other) => one.localeCompare(other)).map((value) => ({ value, label: value })),
    ];
  }

  typeOf(name) {
    const field = (this.described ?? []).find((each) => each.name.toLowerCase() === name.toLowerCase());
    return field ? sized(field.type, field) : '';
  }

  fitOf(column, entry) {
    if (!entry || this.misfits === null) return { level: entry ? 'unknown' : 'none', icon: null };
    const found = this.misfits.filter((misfit) => misfit.column === column);
    const level = found.some((each) => each.level === 'misfit')
      ? 'misfit'
      : found.length > 0
        ? 'checked'
        : 'fits';
    return {
      level,
      levelText: labels.transfers.levels[level],
      message: found.map(({ message }) => message).join(' ') || labels.transfers.levels.fits,
      ...LOOKS[level],
    };
  }

  handleChange(event) {
    const { column } = event.target.dataset;
    const field = event.detail.value.trim();
    const others = this.mapping.filter((entry) => entry.column !== column);
    const former = this.mapping.find((entry) => entry.column === column);
    const changed = field === '' ? others : [...others, { ...former, column, salesforceField: field }];
    this.dispatchEvent(new CustomEvent('mapped', { detail: changed }));
  }
}

/** A type with how much it takes. */
function sized(type, { length, precision, scale }) {
  if (precision) return `${type} (${precision}, ${scale ?? 0})`;
  return length ? `${type} (${length})` : type;
}

/** What an entry takes its values from where that is more than a field. */
function specialText(entry) {
  if (!entry) return null;
  if (entry.concat) return entry.concat.salesforceFields.join(` ${entry.concat.separator.trim() || '+'} `);
  return 'constant' in entry ? fill(labels.transfers.constant, String(entry.constant)) : null;
}

/** A mapping of those columns whose name a field has, without regard to case, underscores and `__c`. */
export function suggestedMapping(columns, described) {
  const plain = (name) => name.toLowerCase().replace(/__c$/, '').replaceAll('_', '');
  const byName = new Map((described ?? []).map(({ name }) => [plain(name), name]));
  return columns
    .filter(({ name }) => byName.has(plain(name)))
    .map(({ name }) => ({ column: name, salesforceField: byName.get(plain(name)) }));
}
