import Screen from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { formatMoment, formatValue } from 'di/format';
import { carriedAndKept, linkTo } from 'di/route';

/** Often enough to see something travel; seldom while nothing is known to. */
const LOOK_MILLISECONDS = { travelling: 2000, resting: 10_000 };
const CONTACTS = 'Contact';
const NO_CONSENT = { consents: [], events: [] };

/** One row, by its record or its key: who it is, its records, rows of the same person, consent, conflicts and history. */
export default class RecordScreen extends Screen {
  key = null;
  /** All that is known of it, with its consents and the acts that the ledger has. */
  known = null;
  isLost = false;

  async load() {
    const { id } = this.route.params;
    this.key ??= id ? null : carriedAndKept();
    this.isLost = !id && this.key === null;
    if (this.isLost) return;
    const { project, table } = this.route.params;
    const answer = await call(
      'POST',
      pathOf('projects', project, 'tables', table, 'rows', 'find'),
      id ? { record: id } : { key: this.key },
    );
    const { consents, events: acts } = await this.consentOf(answer.key);
    this.known = { ...answer, consents, acts };
    this.lookAgain(this.isTravelling ? LOOK_MILLISECONDS.travelling : LOOK_MILLISECONDS.resting);
  }

  /** What the ledger has of the person; contacts alone are in it, and an erased one no longer is. */
  async consentOf(key) {
    const { project, table } = this.route.params;
    if (table !== CONTACTS || key === null || !this.may('consent:read')) return NO_CONSENT;
    try {
      const path = pathOf('projects', project, 'consent', 'contact');
      return await call('GET', asking(path, { key: JSON.stringify(key) }));
    } catch (error) {
      if (error.status === 404) return NO_CONSENT;
      throw error;
    }
  }

  get heading() {
    const { name = null, key = null } = this.known ?? {};
    const { id, table } = this.route.params;
    return name ?? (key && Object.values(key).join(', ')) ?? id ?? table;
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
    const isPerson = id && table === CONTACTS && this.known?.row && this.may('persons:read');
    return isPerson ? `${linkTo('persons', project)}?record=${id}` : null;
  }

  get isDeleted() {
    return this.known.row === null;
  }

  get outdatedText() {
    const { outdated } = this.known;
    return outdated && fill(labels.record.outdated, formatMoment(outdated.since), outdated.message);
  }

  get values() {
    return Object.entries(this.known.row ?? {}).map(([name, value]) => ({
      name,
      text: formatValue(value) || '—',
    }));
  }

  get isTravelling() {
    return this.known.deliveries.some(({ state }) => state === 'pending');
  }
}
