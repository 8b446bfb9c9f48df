import Screen from 'di/screen';
import { asking, call, pathOf, queryOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';
import { counted, formatValue } from 'di/format';
import { goToRow, linkTo } from 'di/route';

const PAGE = 50;
const SYSTEM = ['_salesforce_id', '_source_modstamp', '_changed_at', '_archived_at'];

/** Rows of a table, a page at a time, those that a condition holds of. */
export default class RowsScreen extends Screen {
  columns = [];
  keyColumns = [];
  rows = null;
  next = null;
  after = null;
  count = null;
  /** What is asked for, as the API takes it. */
  selection = { archived: 'exclude' };

  connectedCallback() {
    this.draft = { column: '', operator: 'startsWith', value: '', archived: 'exclude' };
    return super.connectedCallback();
  }

  get path() {
    const { project, table } = this.route.params;
    return pathOf('projects', project, 'tables', table, 'rows');
  }

  async load() {
    if (this.columns.length === 0) await this.loadColumns();
    const isFirst = this.after === null;
    // Counting reads the whole selection: once, not for each page.
    const query = {
      ...this.selection,
      limit: PAGE,
      after: this.after,
      count: isFirst ? 'true' : 'false',
    };
    const { rows, next, count } = await call('GET', asking(this.path, query));
    this.rows = rows;
    this.next = next;
    if (isFirst) this.count = count;
  }

  async loadColumns() {
    const { project, table } = this.route.params;
    const { tables } = await call('GET', pathOf('projects', project));
    const found = tables.find(({ code }) => code === table);
    this.keyColumns = found?.primaryKey ?? [];
    const fields = (found?.fields ?? []).filter(({ isArchived }) => !isArchived);
    this.columns = [...fields.map(({ name }) => name), '_changed_at', '_archived_at'];
  }

  get heading() {
    return fill(labels.tables.rowsOf, this.route.params.table);
  }

  get countText() {
    return this.count === null ? '' : counted(labels.rows.count, this.count);
  }

  get backLink() {
    return linkTo('projects', this.route.params.project);
  }

  get csvLink() {
    return `${this.path}.csv${queryOf({ ...this.selection, spreadsheet: 'true' })}`;
  }

  get columnOptions() {
    const names = [...new Set([...this.columns, ...SYSTEM])];
    return [{ value: '', label: labels.rows.all }, ...names.map((value) => ({ value, label: value }))];
  }

  get operatorOptions() {
    return optionsOf(labels.rows.operators);
  }

  get archivedOptions() {
    return optionsOf(labels.rows.archivedOptions);
  }

  get hasValue() {
    return !['empty', 'filled'].includes(this.draft.operator);
  }

  get isEmpty() {
    return this.rows?.length === 0;
  }

  get hasRows() {
    return this.rows?.length > 0;
  }

  get isFirst() {
    return this.after === null;
  }

  get isLast() {
    return this.next === null;
  }

  get isPaged() {
    return this.rows !== null && !(this.isFirst && this.isLast);
  }

  get shown() {
    const { project, table } = this.route.params;
    return this.rows.map((row, index) => {
      const id = row._salesforce_id;
      const keyText = Object.values(this.keyOf(row)).join(', ');
      return {
        index,
        openLabel: fill(labels.rows.openOf, keyText),
        key: id ?? `row-${index}`,
        id,
        link: id ? linkTo('projects', project, table, 'records', id) : null,
        cells: this.columns.map((column) => ({ column, text: formatValue(row[column]) })),
      };
    });
  }

  keyOf(row) {
    return Object.fromEntries(this.keyColumns.map((column) => [column, row[column]]));
  }

  handleOpen(event) {
    const { project, table } = this.route.params;
    goToRow(project, table, this.keyOf(this.rows[Number(event.currentTarget.dataset.index)]), null);
  }

  async handleFilter(event) {
    event.preventDefault();
    const { column, operator, value, archived } = this.draft;
    const filter = column === '' ? null : JSON.stringify({ [column]: conditionOf(operator, value) });
    this.selection = { archived, ...(filter === null ? {} : { filter }) };
    await this.goTo(null);
  }

  async handleFirst() {
    await this.goTo(null);
  }

  async handleNext() {
    await this.goTo(this.next);
  }

  async goTo(after) {
    this.after = after;
    this.isLoading = true;
    await this.reload();
  }
}

function conditionOf(operator, value) {
  if (operator === 'empty') return { isNull: true };
  if (operator === 'filled') return { isNull: false };
  return { [operator]: value };
}
