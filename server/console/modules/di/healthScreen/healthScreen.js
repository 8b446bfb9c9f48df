import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { lookAtHealth } from 'di/attention';
import { fill, labels, wordsOf } from 'di/labels';
import { counted, formatMoment, formatNumber, formatRelative } from 'di/format';
import { linkTo } from 'di/route';

/** Often enough to see something arrive. */
const REFRESH_MILLISECONDS = 10_000;
const LEVELS = {
  'in-step': 'good',
  sending: 'good',
  refusing: 'bad',
  rejecting: 'bad',
  differing: 'bad',
  stopped: 'bad',
  failing: 'bad',
  held: 'warning',
  behind: 'warning',
  silent: 'warning',
  'nothing-yet': 'warning',
  'not-authorized': 'warning',
  'no-transfer': 'warning',
};
const OVERALL = {
  good: { icon: 'utility:success', theme: 'slds-theme_success' },
  warning: { icon: 'utility:warning', theme: 'slds-theme_warning' },
  bad: { icon: 'utility:error', theme: 'slds-theme_error' },
};

const levelOf = (verdict) => LEVELS[verdict] ?? 'off';

/** Is it in step? What failed, why, and where to mend it: one screen for every connection. */
export default class HealthScreen extends Screen {
  connections = null;
  /** What failed of no connection. */
  failures = [];
  /** Reasons of rejections by connection, where somebody asked. */
  reasons = {};

  async load() {
    const { connections, failures } = await lookAtHealth();
    this.failures = failures;
    this.connections = connections;
    this.lookAgain(REFRESH_MILLISECONDS);
  }

  get isEmpty() {
    return this.connections?.length === 0;
  }

  get overall() {
    if (!this.connections) return null;
    const levels = this.connections.map(({ verdict }) => levelOf(verdict));
    if (this.hasFailures) levels.push('bad');
    return ['bad', 'warning', 'good'].find((level) => levels.includes(level)) ?? null;
  }

  get hasFailures() {
    return this.failures.length > 0;
  }

  get isSending() {
    return this.connections.some(({ verdict }) => verdict === 'sending');
  }

  get overallIcon() {
    return OVERALL[this.overall].icon;
  }

  get overallClass() {
    return `slds-box slds-media slds-media_center ${OVERALL[this.overall].theme}`;
  }

  get overallTitle() {
    if (this.overall === 'good' && this.isSending) return labels.health.verdict.sending;
    return labels.health.overall[this.overall];
  }

  get overallDetail() {
    const wrong = this.connections.filter(({ verdict }) => ['bad', 'warning'].includes(levelOf(verdict)));
    const names = wrong.map(({ name }) => name);
    if (this.hasFailures) names.push(labels.failures.elsewhere);
    if (names.length > 0) return fill(labels.health.lookAt, names.join(', '));
    return this.isSending ? labels.health.allOnTheirWay : labels.health.allGood;
  }

  get cards() {
    return (this.connections ?? []).map((connection) => ({
      ...connection,
      link: linkTo('connections', connection.id),
      projectLink: linkTo('projects', connection.project),
      verdictText: labels.health.verdict[connection.verdict] ?? connection.verdict,
      advice: labels.health.advice[connection.verdict] ?? '',
      badgeClass: `badge is-${levelOf(connection.verdict)}`,
      transfersText: fill(labels.health.transfers, connection.transfers.active, connection.transfers.paused),
      lastBatch: formatRelative(connection.lastBatchAt) || labels.never,
      lastBatchMoment: formatMoment(connection.lastBatchAt),
      applied: formatNumber(connection.day.applied),
      rejected: formatNumber(connection.rejected),
      hasFailures: connection.failures.length > 0,
      silenceText: silenceOf(connection.silence),
      hasIncidents: connection.incidents.length > 0,
      shownIncidents: connection.incidents.map((incident) => ({
        text: fill(labels.health.incident, wordsOf(incident), formatRelative(incident.openedAt)),
      })),
      duplicatesText:
        connection.duplicates > 0 ? counted(labels.duplicates.figure, connection.duplicates) : '',
      wayBack: wayBackOf(connection),
      hasRejected: connection.rejected > 0,
      whyLabel: fill(labels.health.whyOf, connection.name),
      isOpen: connection.id in this.reasons,
      groups: (this.reasons[connection.id] ?? []).map((group) => shownGroup(group, connection.project)),
    }));
  }

  async handleWhy(event) {
    const { connection } = event.target.dataset;
    if (connection in this.reasons) {
      this.reasons = Object.fromEntries(Object.entries(this.reasons).filter(([id]) => id !== connection));
      return;
    }
    await this.attempt(async () => {
      const { groups } = await call('GET', pathOf('connections', connection, 'rejections'));
      this.reasons = { ...this.reasons, [connection]: groups };
    });
  }
}

function silenceOf(silence) {
  return (
    silence &&
    fill(labels.failures.silence, formatRelative(silence.lastHeard), formatNumber(silence.usualHours))
  );
}

/** What goes the other way, in a line; nothing where nothing does. */
function wayBackOf({ deliveries, apiCalls }) {
  const moved =
    deliveries.integrations > 0 &&
    fill(labels.health.deliveries, formatNumber(deliveries.waiting), formatNumber(deliveries.dead));
  const calls =
    apiCalls && fill(labels.health.apiCalls, formatNumber(apiCalls.left), formatNumber(apiCalls.limit));
  return [moved, calls].filter(Boolean).join(' · ');
}

function shownGroup(group, project) {
  return {
    ...group,
    message: wordsOf(group),
    key: JSON.stringify([group.table, group.object, group.code, group.field]),
    text: counted(
      labels.health.group,
      group.records,
      group.object,
      group.table,
      formatRelative(group.latest),
    ),
    examples: group.examples.map((id) => ({
      id,
      link: linkTo('projects', project, group.table, 'records', id),
    })),
  };
}
