import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';

/**
 * A list with what can be done about each row.
 *
 * @fires ListTable#act with `{ key, name }`: which row, and which of its actions
 */
export default class ListTable extends LightningElement {
  labels = labels;
  @api caption;
  /** `{ name, label }`; the first one heads each row. */
  @api columns = [];
  /** Each with a `key`, a text by column, a `link` and a `mark` for `data-row`, and `actions`: `{ name, label, question }`. */
  @api rows = [];
  /** What is said where there is no row. */
  @api empty = '';
  @api isBusy = false;

  get isEmpty() {
    return this.rows.length === 0;
  }

  get hasActions() {
    return this.rows.some(({ actions }) => actions?.length > 0);
  }

  get shown() {
    return this.rows.map((row) => {
      const [head, ...cells] = this.columns.map(({ name, label }) => ({ name, label, text: row[name] }));
      const actions = (row.actions ?? []).map((action) => ({
        ...action,
        fullName: fill(labels.list.actionOf, action.label, head.text),
      }));
      return { key: row.key, link: row.link, mark: row.mark ?? null, head, cells, actions };
    });
  }

  handleAction(event) {
    const { key, name } = event.target.dataset;
    this.dispatchEvent(new CustomEvent('act', { detail: { key, name } }));
  }
}
