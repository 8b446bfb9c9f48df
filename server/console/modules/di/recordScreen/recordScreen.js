import Screen from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { consentEventText, formatInstant, formatNumber, formatValue } from 'di/format';
import { linkTo } from 'di/route';

/** Often enough to see something travel; seldom while nothing is known to. */
const LOOK_MILLISECONDS = { travelling: 2000, resting: 10_000 };
const CONTACTS = 'Contact';

/** The row of a Salesforce record, and its travel: batches that carried it, what people agreed to, what goes back. */
export default class RecordScreen extends Screen {
  row = null;
  history = null;
  deliveries = [];
  acts = [];

  async load() {
    const { project, table, id } = this.route.params;
    const answer = await call('GET', pathOf('projects', project, 'tables', table, 'records', id));
    this.acts = await this.actsOf(answer.key);
    this.row = answer.row;
    this.history = answer.history;
    this.deliveries = answer.deliveries;
    this.lookAgain(this.isTravelling ? LOOK_MILLISECONDS.travelling : LOOK_MILLISECONDS.resting);
  }

  /** What the ledger has of the person; contacts alone are in it, and an erased one no longer is. */
  async actsOf(key) {
    const { project, table } = this.route.params;
    if (table !== CONTACTS || key === null || !this.may('consent:read')) return [];
    try {
      const path = pathOf('projects', project, 'consent', 'contact');
      const { events } = await call('GET', asking(path, { key: JSON.stringify(key) }));
      return events;
    } catch (error) {
      if (error.status === 404) return [];
      throw error;
    }
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
    return this.entries.length === 0;
  }

  get values() {
    return Object.entries(this.row ?? {}).map(([name, value]) => ({ name, text: formatValue(value) || '—' }));
  }

  get isTravelling() {
    return this.deliveries.some(({ state }) => state === 'pending');
  }

  /** Everything that is known of it, the latest first. */
  get entries() {
    return [
      ...this.history.map(batchEntry),
      ...this.acts.map(consentEntry),
      ...this.deliveries.map(deliveryEntry),
    ]
      .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
      .map((entry) => ({ ...entry, moment: formatInstant(entry.at) }));
  }
}

function batchEntry({ at, object, batch, operation, outcome, message, counts }, index) {
  const isTaken = outcome === 'taken';
  return {
    ...{ at, message, key: `${batch} ${index}`, kind: 'batch' },
    what: fill(labels.record.operations[operation], object ?? ''),
    word: labels.record.outcomes[outcome],
    icon: isTaken ? 'utility:download' : 'utility:error',
    variant: isTaken ? null : 'error',
    detail: fill(
      labels.record.counts,
      batch,
      formatNumber(counts.applied + counts.archived + counts.deleted),
      formatNumber(counts.unchanged + counts.stale),
      formatNumber(counts.rejected),
    ),
  };
}

function consentEntry(event) {
  const { id, occurredAt, optIn, source, actor } = event;
  return {
    ...{ at: occurredAt, key: `consent ${id}`, kind: 'consent' },
    what: `${optIn}: ${consentEventText(event)}`,
    word: labels.consent.title,
    icon: 'utility:user',
    detail: `${source}, ${actor.name}`,
  };
}

function deliveryEntry({ id, name, state, changedAt, message }) {
  const isDead = state === 'dead';
  return {
    ...{ at: changedAt, message, key: `delivery ${id}`, kind: 'delivery' },
    what: fill(isDead ? labels.record.givenUp : labels.record.onItsWay, name),
    word: labels.deliveries.states[state],
    icon: isDead ? 'utility:error' : 'utility:upload',
    variant: isDead ? 'error' : null,
    detail: '',
  };
}
