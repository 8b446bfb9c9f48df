import { LightningElement, api } from 'lwc';
import { counted } from 'di/format';
import { fill, labels } from 'di/labels';
import { askedNow, FILTER, isSought, keepQuery } from 'di/route';
import { choicesOf, csvOf, selection, shownCell } from './selection.js';

/** Rows of a page. */
const PAGE = 50;
/** Rows that are seen at a glance: a list of no more offers no search. */
const GLANCE = 7;

/**
 * The list of the console: searched, sorted, filtered and paged, which its address keeps; with what can be done about each
 * row, or about several, and the rows as a file. Where the server selects the rows, it is asked instead: the list has those
 * that were found so far.
 *
 * @fires ListTable#ask with what is asked for, as di/route has it, where the server selects
 * @fires ListTable#more where the rows after these are asked for
 * @fires ListTable#act with `{ key, name }`: which row, and which of its actions
 * @fires ListTable#choose with `{ key, name, value }`: what was chosen in a row's cell
 * @fires ListTable#bulk with `{ keys, name }`: which rows, and which of the actions for several
 */
export default class ListTable extends LightningElement {
  labels = labels;
  @api caption;
  /**
   * `{ name, label, kind, isFilter, options }`, the last of a filter of the server's; the first one heads each row. Kinds: a text
   * where it says none, `number`, `moment` (ISO 8601), `status` (`{ text, level }`), `choice`
   * (`{ text, value, options, label }`), `details` (`{ text, lines }`).
   */
  @api columns = [];
  /**
   * Each with a `key`, a value by column, a `link`, `links` by column and a `mark` for `data-row`, and `actions`:
   * `{ name, label, question }`.
   */
  @api rows = [];
  /** What can be done about several rows: `{ name, label, question, isMeant }`, the last of a row, whether it is. */
  @api bulk = [];
  /** What is said where there is no row. */
  @api empty = '';
  @api isBusy = false;
  /** Name of the file that the list can be saved as; none is offered without. */
  @api file = null;
  /** What a search of the server’s finds. */
  @api searchLabel = labels.list.search;
  /** Whether the server searches, filters and pages. */
  @api isServed = false;
  /** Whether the server has more rows. */
  @api hasMore = false;
  /** Begins its words in the address; a second list of a screen has one of its own. */
  @api name = '';

  asked = { search: '', sort: null, isDescending: false, filters: {}, page: 1 };
  ticked = new Set();
  select = selection();

  connectedCallback() {
    this.asked = askedNow(this.name);
  }

  /** Shows what is asked for, from its first page on, and keeps it in the address. */
  ask(change) {
    this.asked = { ...this.asked, page: 1, ...change };
    const { search, sort, isDescending, page, filters } = this.asked;
    const words = {
      ...{ search, sort, order: isDescending ? 'descending' : '', page: page === 1 ? '' : page },
      ...Object.fromEntries(this.filterColumns.map(({ name }) => [`${FILTER}${name}`, filters[name]])),
    };
    keepQuery(
      Object.fromEntries(Object.entries(words).map(([word, value]) => [`${this.name}${word}`, value])),
    );
    if (this.isServed) this.dispatchEvent(new CustomEvent('ask', { detail: this.asked }));
  }

  get filterColumns() {
    return this.columns.filter(({ isFilter }) => isFilter);
  }

  /** Of a list that is served the screen knows: no rows are there either while other ones are asked for. */
  get isEmpty() {
    return this.rows.length === 0 && !this.isServed;
  }

  get hasTools() {
    return this.isServed || isSought(this.asked) || this.rows.length > GLANCE;
  }

  get filters() {
    return this.filterColumns
      .map((column) => ({ ...column, options: column.options ?? choicesOf(column, this.rows) }))
      .filter(({ name, options }) => options.length > 1 || this.asked.filters[name])
      .map(({ name, label, options }) => ({
        ...{ name, label, value: this.asked.filters[name] ?? '' },
        options: [{ value: '', label: labels.list.all }, ...options],
      }));
  }

  get found() {
    return this.isServed ? this.rows : this.select(this.rows, this.columns, this.asked);
  }

  get isNothingFound() {
    return this.found.length === 0;
  }

  get countText() {
    const [all, found] = [this.rows.length, this.found.length];
    if (this.hasMore) return fill(labels.list.latest, all);
    return all === found ? counted(labels.list.count, all) : counted(labels.list.found, found, all);
  }

  get lastPage() {
    return this.isServed ? 1 : Math.max(1, Math.ceil(this.found.length / PAGE));
  }

  get page() {
    return Math.min(this.asked.page, this.lastPage);
  }

  get isPaged() {
    return this.lastPage > 1;
  }

  get pageText() {
    return fill(labels.list.page, this.page, this.lastPage);
  }

  get isFirst() {
    return this.page === 1;
  }

  get isLast() {
    return this.page === this.lastPage;
  }

  get hasActions() {
    return this.rows.some(({ actions }) => actions?.length > 0);
  }

  get hasBulk() {
    return this.bulk.length > 0 && this.rows.length > 1;
  }

  get heads() {
    const { sort, isDescending } = this.asked;
    return this.columns.map(({ name, label }) => {
      const isSorted = name === sort;
      const order = isDescending ? 'descending' : 'ascending';
      return {
        ...{ name, label, isSorted, isPlain: this.isServed },
        order: this.isServed ? null : isSorted ? order : 'none',
        icon: isDescending ? 'utility:arrowdown' : 'utility:arrowup',
      };
    });
  }

  get onPage() {
    return this.isServed ? this.found : this.found.slice((this.page - 1) * PAGE, this.page * PAGE);
  }

  get shown() {
    return this.onPage.map((row) => {
      const [head, ...cells] = this.columns.map((column) => shownCell(column, row));
      const actions = (row.actions ?? []).map((action) => ({
        ...action,
        fullName: fill(labels.list.actionOf, action.label, head.text),
      }));
      return {
        ...{ key: row.key, mark: row.mark ?? null, head, cells, actions },
        link: row.link,
        isTicked: this.ticked.has(row.key),
        tickLabel: fill(labels.list.tick, head.text),
      };
    });
  }

  get tickedRows() {
    return this.rows.filter(({ key }) => this.ticked.has(key));
  }

  get isAllTicked() {
    return this.onPage.length > 0 && this.onPage.every(({ key }) => this.ticked.has(key));
  }

  get bulkActions() {
    const rows = this.tickedRows;
    return this.bulk.map(({ name, label, question, isMeant }) => {
      const count = rows.filter((row) => isMeant === undefined || isMeant(row)).length;
      return {
        ...{ name, question },
        label: fill(labels.list.bulk, label, count),
        isDisabled: this.isBusy || count === 0,
      };
    });
  }

  handleSearch(event) {
    this.ask({ search: event.detail.value ?? '' });
  }

  handleFilter(event) {
    const { name } = event.target;
    this.ask({ filters: { ...this.asked.filters, [name]: event.detail.value } });
  }

  /** A column sorts upwards at first, then downwards, then no longer. */
  handleSort(event) {
    const { column } = event.currentTarget.dataset;
    const { sort, isDescending } = this.asked;
    if (sort !== column) this.ask({ sort: column, isDescending: false });
    else if (isDescending) this.ask({ sort: null, isDescending: false });
    else this.ask({ isDescending: true });
  }

  handleMore() {
    this.dispatchEvent(new CustomEvent('more'));
  }

  handlePrevious() {
    this.ask({ page: this.page - 1 });
  }

  handleNext() {
    this.ask({ page: this.page + 1 });
  }

  handleTick(event) {
    this.tick([event.target.dataset.key], event.target.checked);
  }

  handleTickAll(event) {
    this.tick(
      this.onPage.map(({ key }) => key),
      event.target.checked,
    );
  }

  tick(keys, isTicked) {
    const ticked = new Set(this.ticked);
    for (const key of keys)
      if (isTicked) ticked.add(key);
      else ticked.delete(key);
    this.ticked = ticked;
  }

  handleBulk(event) {
    const { name } = event.target.dataset;
    const { isMeant } = this.bulk.find((each) => each.name === name);
    const keys = this.tickedRows.filter((row) => isMeant === undefined || isMeant(row)).map(({ key }) => key);
    this.ticked = new Set();
    this.dispatchEvent(new CustomEvent('bulk', { detail: { keys, name } }));
  }

  handleAction(event) {
    const { key, name } = event.target.dataset;
    this.dispatchEvent(new CustomEvent('act', { detail: { key, name } }));
  }

  handleChoice(event) {
    const { key, name } = event.target.dataset;
    this.dispatchEvent(new CustomEvent('choose', { detail: { key, name, value: event.detail.value } }));
  }

  handleFile() {
    const link = document.createElement('a');
    const content = new Blob([`\uFEFF${csvOf(this.found, this.columns)}`], { type: 'text/csv' });
    link.href = URL.createObjectURL(content);
    link.download = `${this.file}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
}
