import Screen from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { fill, labels, optionsOf, wordsOf } from 'di/labels';
import { counted, formatMoment, formatNumber, formatRelative } from 'di/format';
import { linkTo } from 'di/route';

const REFRESH_MILLISECONDS = 10_000;
const PAGE = 50;
const LOOKS = { 'in-step': ' is-good', stopped: ' is-bad', failing: ' is-bad' };

/** What goes to Salesforce: whether each integration is in step, what waits, what was given up, and why. */
export default class DeliveriesScreen extends Screen {
  integrations = null;
  deliveries = [];
  next = null;
  state = '';

  async load() {
    const { integrations } = await call('GET', pathOf('integrations'));
    const shown = integrations.filter(({ status }) => status !== 'archived');
    const healths = await Promise.all(
      shown.map(({ id }) => call('GET', pathOf('integrations', id, 'health'))),
    );
    this.integrations = shown.map((integration, index) => ({ ...integration, health: healths[index] }));
    // Whoever has gone on to older ones is not thrown back by the clock.
    if (this.deliveries.length <= PAGE) await this.page(null);
    this.lookAgain(REFRESH_MILLISECONDS);
  }

  async page(after) {
    const query = { state: this.state, limit: PAGE, after };
    const { deliveries, next } = await call('GET', asking(pathOf('deliveries'), query));
    this.deliveries = after === null ? deliveries : [...this.deliveries, ...deliveries];
    this.next = next;
  }

  get isUnused() {
    return this.integrations?.length === 0;
  }

  get hasIntegrations() {
    return this.integrations?.length > 0;
  }

  get isChangeable() {
    return this.may('deliveries:write');
  }

  get isEmpty() {
    return this.deliveries.length === 0;
  }

  get hasRows() {
    return this.deliveries.length > 0;
  }

  get stateOptions() {
    return optionsOf(labels.deliveries.states);
  }

  get cards() {
    return (this.integrations ?? []).map(({ id, name, status, health }) => {
      const word = status === 'active' ? health.status : status;
      return {
        ...{ id, name, message: wordsOf(health) },
        link: linkTo('integrations', id),
        statusText: labels.deliveries.standings[word] ?? word,
        badgeClass: `badge${LOOKS[word] ?? ''}`,
        pendingText: formatNumber(health.pending),
        deadText: formatNumber(health.dead),
        lastText: formatRelative(health.lastSuccess) || labels.never,
        apiText: health.api
          ? fill(
              labels.connections.apiCallsLeft,
              formatNumber(Math.max(0, health.api.limit - health.api.used)),
              formatNumber(health.api.limit),
            )
          : labels.connections.unknownYet,
        hasReasons: health.reasons.length > 0,
        reasons: health.reasons.map(({ code, count }) => ({
          code,
          countText: counted(labels.deliveries.records, count),
          replayLabel: fill(labels.deliveries.replayOf, code),
          discardLabel: fill(labels.deliveries.discardOf, code),
        })),
      };
    });
  }

  get rows() {
    return this.deliveries.map((delivery) => ({
      ...delivery,
      message: wordsOf(delivery),
      keyText: Object.values(delivery.key).join(', '),
      changesText: delivery.changes.map((change) => labels.integrations.operations[change]).join(', '),
      stateText: labels.deliveries.states[delivery.state],
      moment: formatMoment(delivery.changedAt),
    }));
  }

  async handleState(event) {
    this.state = event.detail.value;
    await this.attempt(() => this.page(null));
  }

  async handleMore() {
    await this.attempt(() => this.page(this.next));
  }

  async handleReplay(event) {
    await this.settle(event, 'replay', labels.deliveries.replayed);
  }

  async handleDiscard(event) {
    await this.settle(event, 'discard', labels.deliveries.discarded);
  }

  /** @param {'replay' | 'discard'} verb */
  async settle(event, verb, done) {
    const { integration, code } = event.target.dataset;
    await this.attempt(async () => {
      await call('POST', pathOf('deliveries', verb), { integration, ...(code ? { code } : {}) });
      await this.load();
    }, done);
  }
}
