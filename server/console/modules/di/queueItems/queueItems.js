import { api } from 'lwc';
import Screen, { tell } from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { labels, optionsOf, wordsOf } from 'di/labels';
import { counted, formatMoment, formatNumber } from 'di/format';

const PAGE = 50;
const LOOK_MILLISECONDS = 3000;

/** What came to a source or an action, and what became of it in the org; what failed is tried again from here. */
export default class QueueItems extends Screen {
  /** @type {readonly ['sources' | 'actions', string]} */
  @api owner;
  /**
   * What items of the owner are called in its paths and answers.
   *
   * @type {'events' | 'items'}
   */
  @api kind = 'items';
  status = '';
  items = [];
  counts = [];
  hasMore = false;

  async load() {
    const [{ counts }, items] = await Promise.all([call('GET', pathOf(...this.owner)), this.page()]);
    this.counts = counts;
    this.show(items);
    this.lookAgain(LOOK_MILLISECONDS, () => this.items.some(({ status }) => status === 'waiting'));
  }

  /** @returns {readonly ['sources', string, 'events'] | readonly ['actions', string, 'items']} */
  get itemsPath() {
    return /** @type {any} */ ([...this.owner, this.kind]);
  }

  async page(before) {
    const query = { status: this.status, before, limit: PAGE };
    const answer = await call('GET', asking(pathOf(...this.itemsPath), query));
    return answer[this.kind];
  }

  show(items) {
    this.items = items;
    this.hasMore = items.length > 0 && items.length % PAGE === 0;
  }

  get isChangeable() {
    return this.may('deliveries:write');
  }

  get isRetryOffered() {
    return this.isChangeable && this.items.some(({ status }) => status === 'failed');
  }

  get statusOptions() {
    return optionsOf({ '': labels.deliveries.states[''], ...labels.items.statuses });
  }

  get hasCounts() {
    return this.counts.length > 0;
  }

  get countTexts() {
    return this.counts.map(({ outcome, reason, count }) => {
      const name = labels.items.statuses[outcome] ?? labels.items.outcomes[outcome] ?? outcome;
      return `${reason ? `${name} (${reason})` : name}: ${formatNumber(count)}`;
    });
  }

  get columns() {
    return [
      { name: 'moment', label: labels.items.received },
      { name: 'occasion', label: labels.items.occasion },
      { name: 'statusText', label: labels.status },
      { name: 'outcomeText', label: labels.items.outcome },
      { name: 'bodyText', label: labels.items.body },
    ];
  }

  get rows() {
    return this.items.map((item) => ({
      key: String(item.id),
      mark: item.status,
      moment: formatMoment(item.receivedAt),
      occasion: labels.recordActions.occasions[item.occasion] ?? item.occasion,
      statusText: labels.items.statuses[item.status],
      outcomeText: item.outcomes.map(outcomeText).join('; '),
      bodyText: JSON.stringify(item.body),
      actions:
        item.status === 'failed' && this.isChangeable ? [{ name: 'retry', label: labels.items.retry }] : [],
    }));
  }

  async handleStatus(event) {
    this.status = event.detail.value;
    await this.reload();
  }

  async handleMore() {
    await this.attempt(async () => {
      const older = await this.page(this.items.at(-1).id);
      this.show([...this.items, ...older]);
    });
  }

  async handleRetryAll() {
    await this.retry({});
  }

  async handleAction(event) {
    await this.retry({ ids: [Number(event.detail.key)] });
  }

  async retry(which) {
    await this.attempt(async () => {
      const { retried } = await call('POST', pathOf(...this.itemsPath, 'retry'), which);
      tell(counted(labels.items.retried, retried));
      await this.load();
    });
  }
}

/** `300 several-records: … Contact 003…`: as HTTP would say it, with the records that it is about. */
function outcomeText(outcome) {
  const { status, code, object, ids } = outcome;
  return [`${status} ${code}`, wordsOf(outcome), ids.length > 0 ? `${object} ${ids.join(', ')}` : '']
    .filter(Boolean)
    .join(' · ');
}
