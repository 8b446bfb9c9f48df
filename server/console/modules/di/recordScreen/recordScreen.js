import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { formatMoment, formatValue } from 'di/format';
import { linkTo } from 'di/route';

/** The row of a Salesforce record, and every batch that carried it. */
export default class RecordScreen extends Screen {
  row = null;
  history = null;

  async load() {
    const { project, table, id } = this.route.params;
    const { row, history } = await call('GET', pathOf('projects', project, 'tables', table, 'records', id));
    this.row = row;
    this.history = history;
  }

  get hint() {
    return fill(labels.record.hint, this.route.params.table, this.route.params.project);
  }

  get backLabel() {
    return fill(labels.tables.rowsOf, this.route.params.table);
  }

  get backLink() {
    return linkTo('projects', this.route.params.project, this.route.params.table, 'rows');
  }

  get personLink() {
    const { project, table, id } = this.route.params;
    const isPerson = table === 'Contact' && this.row !== null && this.may('persons:read');
    return isPerson ? `${linkTo('persons', project)}?record=${id}` : null;
  }

  get isDeleted() {
    return this.row === null;
  }

  get isUnknown() {
    return this.history.length === 0;
  }

  get values() {
    return Object.entries(this.row ?? {}).map(([name, value]) => ({ name, text: formatValue(value) || '—' }));
  }

  get entries() {
    return this.history.map((entry, index) => ({
      ...entry,
      key: `${entry.batch} ${index}`,
      moment: formatMoment(entry.at),
      what: fill(labels.record.operations[entry.operation], entry.object ?? ''),
      outcomeText: labels.record.outcomes[entry.outcome],
      icon: entry.outcome === 'taken' ? 'utility:check' : 'utility:error',
      variant: entry.outcome === 'taken' ? 'success' : 'error',
    }));
  }
}
