import { LightningElement, api } from 'lwc';
import { fill, labels, optionsOf } from 'di/labels';
import { parentFields } from 'di/orgObjects';

/**
 * What a column is filled with, and what is done to its values: the parts of a mapping that the table does not show.
 *
 * @fires ColumnValues#mapped with the mapping
 */
export default class ColumnValues extends LightningElement {
  labels = labels;
  /** Names of the columns. */
  @api columns = [];
  /** Entries as the API takes them. */
  @api mapping = [];
  @api isDisabled = false;
  @api connection;
  /** Fields of the object, as options. */
  @api fields = [];
  chosen = '';

  /** The column that is looked at. */
  @api
  get column() {
    return this.chosen;
  }
  set column(column) {
    if (column) this.chosen = column;
  }

  follow = (option) => parentFields(this.connection, option);

  get isUnknown() {
    return this.fields.length === 0;
  }

  /** The fields that are joined, and a place for another one. */
  get joined() {
    return [...fieldsOf(this.entry), ''].slice(0, 10).map((field, index) => ({
      key: `${index}`,
      place: index,
      field,
      label: fill(labels.columnValues.fieldNumber, index + 1),
    }));
  }

  get columnOptions() {
    return [
      { value: '', label: labels.imports.choose },
      ...this.columns.map((value) => ({ value, label: value })),
    ];
  }

  get sourceOptions() {
    return optionsOf(labels.columnValues.sources);
  }

  get caseOptions() {
    return optionsOf(labels.columnValues.cases);
  }

  get otherwiseOptions() {
    return optionsOf(labels.columnValues.otherwises);
  }

  get entry() {
    return this.mapping.find(({ column }) => column === this.column) ?? null;
  }

  get isChosen() {
    return this.column !== '';
  }

  get isForeign() {
    return this.entry !== null && !isPlain(this.entry.transforms ?? []);
  }

  get foreignText() {
    return JSON.stringify(this.entry.transforms);
  }

  /** The form's values. */
  get draft() {
    return { ...sourceOf(this.entry), ...read(this.entry?.transforms ?? []) };
  }

  get isField() {
    return this.draft.source === 'field';
  }

  get isConcat() {
    return this.draft.source === 'concat';
  }

  get isConstant() {
    return this.draft.source === 'constant';
  }

  /** Nothing is done to the values of a column without a source. */
  get isOpen() {
    return this.entry !== null;
  }

  get hasMap() {
    return this.draft.map !== '';
  }

  handleColumn(event) {
    this.chosen = event.detail.value;
  }

  handleSource(event) {
    const source = event.detail.value;
    const filled = {
      field: {},
      concat: { concat: { salesforceFields: fieldsOf(this.entry), separator: ' ' } },
      constant: { constant: '' },
    }[source];
    const { transforms } = this.entry ?? {};
    const others = this.mapping.filter(({ column }) => column !== this.column);
    const [field] = fieldsOf(this.entry);
    if (source === 'field')
      this.tell(field ? [...others, { column: this.column, salesforceField: field }] : others);
    else this.tell([...others, { column: this.column, ...filled, ...(transforms && { transforms }) }]);
  }

  handleField(event) {
    const places = [...fieldsOf(this.entry)];
    places[Number(event.target.dataset.place)] = event.detail.value;
    this.join({ salesforceFields: places.filter(Boolean) });
  }

  handleSeparator(event) {
    this.join({ separator: event.target.value });
  }

  join(change) {
    this.change({ concat: { ...this.entry.concat, ...change } });
  }

  handleConstant(event) {
    this.change({ constant: event.target.value });
  }

  handleTransform(event) {
    const { name, type, value, checked } = event.target;
    const given = type === 'checkbox' ? checked : (event.detail?.value ?? value);
    const transforms = write({ ...this.draft, [name]: given });
    this.change({ transforms: transforms.length > 0 ? transforms : undefined });
  }

  change(parts) {
    this.tell(
      this.mapping.map((entry) => {
        return entry.column === this.column ? withoutUndefined({ ...entry, ...parts }) : entry;
      }),
    );
  }

  tell(mapping) {
    this.dispatchEvent(new CustomEvent('mapped', { detail: mapping }));
  }
}

function sourceOf(entry) {
  if (entry?.concat) {
    const { separator } = entry.concat;
    return { source: 'concat', separator };
  }
  if (entry && 'constant' in entry) return { source: 'constant', constant: String(entry.constant) };
  return { source: 'field' };
}

function fieldsOf(entry) {
  return entry?.concat?.salesforceFields ?? [entry?.salesforceField].filter(Boolean);
}

/** The form's values of transforms, whatever their order. */
function read(transforms) {
  const found = Object.fromEntries(transforms.map((transform) => [transform.type, transform]));
  return {
    trim: 'trim' in found,
    letters: ['lowercase', 'uppercase'].find((type) => type in found) ?? 'kept',
    map: Object.entries(found.map?.values ?? {})
      .map(([from, to]) => `${from} = ${to ?? ''}`)
      .join('\n'),
    otherwise: found.map?.otherwise ?? 'keep',
    default: found.default ? String(found.default.value) : '',
  };
}

/** Transforms of the form's values, in the order in which they make sense. */
function write({ trim, letters, map, otherwise, default: value }) {
  const values = Object.fromEntries(map.split('\n').flatMap(pairOf));
  return [
    trim && { type: 'trim' },
    letters !== 'kept' && { type: letters },
    Object.keys(values).length > 0 && { type: 'map', values, otherwise },
    value !== '' && { type: 'default', value },
  ].filter(Boolean);
}

/** `CA = Canada`; the last sign counts where there are several. */
function pairOf(line) {
  const at = line.lastIndexOf('=');
  if (at < 0) return [];
  const [from, to] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  return from === '' ? [] : [[from, to === '' ? null : to]];
}

/** Whether the form writes the same again: the API takes transforms in any order, and several of a kind. */
function isPlain(transforms) {
  const texts = (each) =>
    JSON.stringify(each, (_name, value) => (typeof value === 'object' ? value : String(value)));
  return texts(write(read(transforms))) === texts(transforms.map(({ type, ...rest }) => ({ type, ...rest })));
}

function withoutUndefined(entry) {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}
