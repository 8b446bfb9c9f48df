import { api } from 'lwc';
import { Form } from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { labels } from 'di/labels';
import { counted } from 'di/format';

/** Shown at once. */
const PAGE = 50;

/** Rows of a project that are the same once addresses and ids have one spelling; nothing where there are none. */
export default class DuplicateRows extends Form {
  /** Code of the project. */
  @api project;
  count = 0;
  duplicates = [];
  next = null;

  async connectedCallback() {
    await this.attempt(() => this.load());
  }

  async load() {
    const query = { limit: PAGE, after: this.next };
    const answer = await call('GET', asking(pathOf('projects', this.project, 'duplicates'), query));
    this.count = answer.count;
    this.duplicates = [...this.duplicates, ...answer.duplicates];
    this.next = answer.next;
  }

  get isShown() {
    return this.count > 0 || this.problem;
  }

  get title() {
    return counted(labels.duplicates.title, this.count);
  }

  get hasMore() {
    return this.next !== null;
  }

  get columns() {
    return [
      { name: 'row', label: labels.duplicates.row },
      { name: 'sameAs', label: labels.duplicates.sameAs },
      { name: 'place', label: labels.duplicates.place },
    ];
  }

  get rows() {
    return this.duplicates.map(({ table, column, row, sameAs }, index) => ({
      key: String(index),
      row: textOf(row),
      sameAs: textOf(sameAs),
      place: column === null ? table : `${table}.${column}`,
    }));
  }

  async handleMore() {
    await this.attempt(() => this.load());
  }
}

function textOf({ key, recordId, isArchived }) {
  const parts = [Object.values(key).join(', ')];
  if (recordId !== null) parts.push(recordId);
  if (isArchived) parts.push(labels.duplicates.archived);
  return parts.join(' · ');
}
