import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { lookAtHealth } from 'di/attention';
import { counted, formatRelative } from 'di/format';
import { fill, labels, wordsOf } from 'di/labels';
import { linkTo } from 'di/route';

const REFRESH_MILLISECONDS = 15_000;
/** What needs somebody is seen at a glance; all of it is health’s. */
const MOST_SHOWN = 7;
const LEVELS = { 'in-step': 'good', sending: 'good', revoked: 'off', archived: 'off' };
/** Verdicts that nothing else says. */
const ADVISED = new Set(['not-authorized', 'no-transfer', 'behind']);
const BAD = new Set(['refusing', 'rejecting', 'differing', 'stopped', 'failing']);

const ORDER = ['bad', 'warning', 'good', 'off'];
const levelOf = (verdict) => LEVELS[verdict] ?? (BAD.has(verdict) ? 'bad' : 'warning');

const silenceText = ({ lastHeard, usualHours }) =>
  fill(labels.failures.silence, formatRelative(lastHeard), usualHours);

/** Where somebody begins: what is to be set up, what needs them, and what moves between both sides. */
export default class HomeScreen extends Screen {
  /** As health answers them. */
  connections = null;
  /** What failed of no connection. */
  failures = [];
  setUp = null;

  async load() {
    const [health, setUp] = await Promise.all([lookAtHealth(), call('GET', pathOf('set-up'))]);
    this.setUp = setUp;
    this.failures = health.failures;
    this.connections = health.connections;
    this.lookAgain(REFRESH_MILLISECONDS);
  }

  get hasConnections() {
    return this.connections.length > 0;
  }

  get isComparingShown() {
    return this.hasConnections && this.may('transfers:read');
  }

  get allFailures() {
    return [...this.failures, ...this.connections.flatMap(({ failures }) => failures)];
  }

  get shownFailures() {
    return this.allFailures.slice(0, MOST_SHOWN);
  }

  get moreText() {
    const more = [this.allFailures, this.allNotes].reduce(
      (sum, { length }) => sum + Math.max(0, length - MOST_SHOWN),
      0,
    );
    return more > 0 ? counted(labels.home.more, more) : '';
  }

  /** What stands in the way of a whole connection. */
  get allNotes() {
    return this.connections.flatMap((connection) => {
      const { incidents, silence, rivals, duplicates, verdict } = connection;
      const ofConnection = [
        ...incidents.map(wordsOf),
        ...(silence === null ? [] : [silenceText(silence)]),
        ...(ADVISED.has(verdict) && this.setUp.isDone ? [labels.health.advice[verdict]] : []),
      ];
      const ofProject = [
        ...(rivals === 0 ? [] : [counted(labels.home.rivals, rivals)]),
        ...(duplicates === 0 ? [] : [counted(labels.duplicates.figure, duplicates)]),
      ];
      return [
        ...ofConnection.map((text) => noteOf(connection, text, 'connection')),
        ...ofProject.map((text) => noteOf(connection, text, 'project')),
      ];
    });
  }

  get notes() {
    return this.allNotes.slice(0, MOST_SHOWN);
  }

  get hasNotes() {
    return this.notes.length > 0;
  }

  get isNothingNeeded() {
    return !this.hasNotes && this.allFailures.length === 0;
  }

  /** Of all connections together. */
  get hours() {
    const [first, ...others] = this.connections.map(({ hours }) => hours);
    return first.map((hour, index) => others.reduce((sum, hours) => added(sum, hours[index]), hour));
  }

  get columns() {
    return [
      { name: 'name', label: labels.name },
      { name: 'verdict', label: labels.status, kind: 'status' },
      { name: 'project', label: labels.health.project },
      { name: 'heard', label: labels.home.heard, kind: 'moment' },
      { name: 'sentAt', label: labels.home.lastSent, kind: 'moment' },
      { name: 'waiting', label: labels.deliveries.waiting, kind: 'number' },
    ];
  }

  /** Those that something is wrong with first. */
  get rows() {
    const rows = this.connections.map((connection) => {
      const { id, name, verdict, project, lastBatchAt, lastDeliveryAt, deliveries } = connection;
      return {
        ...{ key: id, mark: name, name, project, link: linkTo('connections', id) },
        links: { project: linkTo('projects', project) },
        verdict: { text: labels.health.verdict[verdict] ?? verdict, level: levelOf(verdict) },
        ...{ heard: lastBatchAt, sentAt: lastDeliveryAt, waiting: deliveries.waiting },
      };
    });
    const rank = ({ verdict: { level } }) => ORDER.indexOf(level);
    return rows.toSorted((one, other) => rank(one) - rank(other)).slice(0, MOST_SHOWN);
  }

  get moreConnections() {
    const more = this.connections.length - MOST_SHOWN;
    return more > 0 ? counted(labels.home.moreOrgs, more) : '';
  }
}

function noteOf({ id, name, project }, text, kind) {
  const isOfProject = kind === 'project';
  return {
    ...{ key: `${id} ${text}`, name, text },
    link: isOfProject ? linkTo('projects', project) : linkTo('connections', id),
    linkLabel: isOfProject ? labels.home.openProject : labels.home.openConnection,
  };
}

function added(one, other) {
  return {
    at: one.at,
    ...Object.fromEntries(
      ['applied', 'rejected', 'sent', 'failed'].map((name) => [name, one[name] + other[name]]),
    ),
  };
}
