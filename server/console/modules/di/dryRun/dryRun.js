import { api } from 'lwc';
import { Form } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';

/** What a record that somebody makes up would write, and why it would be rejected. Nothing is written. */
export default class DryRun extends Form {
  @api transferId;
  /** The mapping that is tried, stored or not. */
  @api mapping = [];
  answer = null;

  get inputs() {
    return [
      ...new Set(
        this.mapping.flatMap(
          ({ salesforceField, concat }) => concat?.salesforceFields ?? salesforceField ?? [],
        ),
      ),
    ];
  }

  get rejection() {
    const [first] = this.answer.rejected;
    return first ? fill(labels.dryRun.rejected, first.message) : null;
  }

  get values() {
    const [row] = this.answer.rows;
    return Object.entries(row?.values ?? {}).map(([name, value]) => ({ name, text: value ?? '—' }));
  }

  async handleRun(event) {
    event.preventDefault();
    const record = {};
    for (const path of this.inputs) put(record, path.split('.'), this.draft[path] || null);
    await this.attempt(async () => {
      this.answer = await call('POST', pathOf('transfers', this.transferId, 'dry-run'), {
        records: [record],
        mapping: this.mapping,
      });
    });
  }
}

/**
 * Puts a value where a path of relationships leads to, as Salesforce's API nests them.
 *
 * @param {object} record
 * @param {string[]} path
 * @param {unknown} value
 */
function put(record, [first, ...rest], value) {
  if (rest.length === 0) record[first] = value;
  else {
    record[first] ??= {};
    put(record[first], rest, value);
  }
}
