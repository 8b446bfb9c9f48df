import { LightningElement, api } from 'lwc';
import { fill, labels, wordsOf } from 'di/labels';
import { formatValue } from 'di/format';
import { fieldOptions, parentFields, sized } from 'di/orgObjects';
import { linkTo } from 'di/route';
import { directed, directionOf, named, RULES, ruled, ruleOf } from './entries.js';

const LOOKS = {
  fits: { icon: 'utility:check', variant: 'success' },
  checked: { icon: 'utility:warning', variant: 'warning' },
  misfit: { icon: 'utility:error', variant: 'error' },
};

/**
 * Columns of a table beside the fields of a Salesforce object, both ways in one table: which way each goes, the field, what
 * decides between two values, what a real record becomes, and how the pair fits.
 *
 * @fires MappingEditor#mapped with `{ mapping, outbound }`
 * @fires MappingEditor#values with the column whose values are looked at
 */
export default class MappingEditor extends LightningElement {
  labels = labels;
  /** Fields of the table. */
  @api columns = [];
  @api primaryKey = [];
  @api connection;
  @api object;
  /** Fields as di/orgObjects answers them; null where nobody has described the object. */
  @api described = null;
  /** A real record, by field. */
  @api sample = null;
  /** Entries that fill the table; null where nothing comes this way. */
  @api mapping = null;
  /** Entries that are written to Salesforce; null where nothing goes that way. */
  @api outbound = null;
  /** What the server said of both as they stand; null while it has not. */
  @api judged = null;
  @api isDisabled = false;
  /** Ways that were chosen for columns that have no field yet. */
  wished = {};

  follow = (option) => parentFields(this.connection, option);

  get isUnknown() {
    return this.described === null;
  }

  get unknownText() {
    return fill(labels.mapping.unknown, this.object);
  }

  get connectionLink() {
    return linkTo('connections', this.connection);
  }

  get hasSample() {
    return this.sample !== null && this.mapping !== null;
  }

  get becomesLabel() {
    const { Name: name, Email: email } = this.sample ?? {};
    return fill(labels.mapping.becomes, name ?? email ?? labels.mapping.aRecord);
  }

  get both() {
    return { mapping: this.mapping, outbound: this.outbound };
  }

  get directions() {
    return [
      'none',
      ...(this.mapping === null ? [] : ['from']),
      ...(this.outbound === null ? [] : ['to']),
      ...(this.mapping === null || this.outbound === null ? [] : ['both']),
    ];
  }

  get directionOptions() {
    return this.directions.map((value) => ({ value, label: labels.mapping.directions[value] }));
  }

  /** Made once for all rows: fields that are read, fields that are written, and those that are both. */
  get optionsBySide() {
    const of = (isMeant, hasParents) => {
      const none = { value: '', label: labels.transfers.notMapped, detail: '' };
      return [none, ...fieldOptions(this.described, { sample: this.sample, isMeant, hasParents })];
    };
    const isWritten = ({ isUpdatable, isCreatable }) => isUpdatable !== false || isCreatable !== false;
    return { from: of(() => true, true), to: of(isWritten, false), both: of(isWritten, false) };
  }

  get rows() {
    const isKey = (name) => this.primaryKey.includes(name);
    const options = this.optionsBySide;
    return [...this.columns]
      .sort((one, other) => Number(isKey(other.name)) - Number(isKey(one.name)))
      .map((column) => this.rowOf(column, isKey(column.name), options));
  }

  rowOf(column, isKey, options) {
    const mapped = directionOf(this.both, column.name);
    const direction = mapped === 'none' ? (this.wished[column.name] ?? 'none') : mapped;
    const [from] = this.entriesOf(column.name);
    const rules = this.isDisabled || (isKey && mapped === 'from') ? null : RULES[mapped];
    return {
      key: column.name,
      column: column.name,
      name: column.label || column.name,
      columnType: columnText(column),
      isKey,
      isFixed: this.isDisabled || this.directions.length < 2,
      direction,
      directionText: labels.mapping.directions[direction],
      directionLabel: fill(labels.mapping.directionOf, column.name),
      ends: this.endsOf(column.name, direction, options),
      ruleOptions: rules?.map((value) => ({ value, label: labels.mapping.rules[value] })),
      rule: ruleOf(this.both, column.name),
      ruleLabel: fill(labels.mapping.ruleOf, column.name),
      valuesText: from === null ? '' : valuesText(from),
      valuesLabel: fill(labels.mapping.valuesOf, column.name),
      ...this.sampleOf(column.name, from),
      ...this.fitOf(column.name, mapped),
    };
  }

  entriesOf(column) {
    const entryOf = (entries) => entries?.find((entry) => entry.column === column) ?? null;
    return [entryOf(this.mapping), entryOf(this.outbound)];
  }

  /** One field for both ways, or one for each where they differ. */
  endsOf(column, direction, options) {
    const [from, to] = this.entriesOf(column);
    const end = (side, entry) => ({
      side,
      field: entry?.salesforceField ?? '',
      text: specialText(entry) ?? (this.isDisabled ? (entry?.salesforceField ?? '–') : null),
      label: fill(side === 'to' && from ? labels.mapping.fieldTo : labels.transfers.fieldFor, column),
      options: options[side],
    });
    if (from && to && from.salesforceField !== to.salesforceField) return [end('from', from), end('to', to)];
    const side = direction === 'none' ? (this.mapping === null ? 'to' : 'from') : direction;
    return [end(side, from ?? to)];
  }

  sampleOf(column, entry) {
    if (!this.hasSample || entry === null) return { sample: '', becomes: '' };
    const value = this.sample[entry.salesforceField];
    const { rows = [], rejected = [] } = this.judged?.fromSalesforce?.becomes ?? {};
    const text = formatValue(value);
    const stored = rows.length > 0 ? formatValue(rows[0].values[column]) : '';
    const refused = rejected.some(({ field }) => field === entry.salesforceField || field === column);
    const becomes = refused ? labels.mapping.refused : stored;
    return {
      sample: text === becomes || text === '' ? '' : `${text} → `,
      becomes: text === '' && becomes === '' ? '–' : becomes,
    };
  }

  fitOf(column, direction) {
    const said = [this.judged?.fromSalesforce?.compatibility, this.judged?.toSalesforce?.compatibility];
    if (direction === 'none' || said.every((each) => !each))
      return { level: direction === 'none' ? 'none' : 'unknown', icon: null };
    const found = said.flatMap((each) => (each ?? []).filter((misfit) => misfit.column === column));
    const level = found.some((each) => each.level === 'misfit')
      ? 'misfit'
      : found.length > 0
        ? 'checked'
        : 'fits';
    return {
      level,
      levelText: labels.transfers.levels[level],
      message: found.map(wordsOf).join(' ') || labels.transfers.levels.fits,
      ...LOOKS[level],
    };
  }

  handleDirection(event) {
    const { column } = event.target.dataset;
    const direction = event.detail.value;
    this.wished = { ...this.wished, [column]: direction };
    this.tell(directed(this.both, column, direction, ''));
  }

  handleField(event) {
    const { column, side } = event.target.dataset;
    this.tell(named(this.both, column, side, event.detail.value));
  }

  handleRule(event) {
    this.tell(ruled(this.both, event.target.dataset.column, event.detail.value));
  }

  handleValues(event) {
    this.dispatchEvent(new CustomEvent('values', { detail: event.target.dataset.column }));
  }

  tell(both) {
    this.dispatchEvent(new CustomEvent('mapped', { detail: both }));
  }
}

function columnText(column) {
  const type = sized(labels.fields.types[column.type] ?? column.type, column);
  return column.label && column.label !== column.name ? `${column.name} · ${type}` : type;
}

/** What an entry takes its values from where that is more than a field. */
function specialText(entry) {
  if (!entry) return null;
  if ('concat' in entry)
    return entry.concat.salesforceFields.join(` ${entry.concat.separator.trim() || '+'} `);
  return 'constant' in entry ? fill(labels.transfers.constant, String(entry.constant)) : null;
}

/** What is done to values, in few words. */
function valuesText({ transforms = [] }) {
  const names = transforms.map(({ type }) => labels.mapping.transforms[type] ?? type);
  return names.join(', ');
}
