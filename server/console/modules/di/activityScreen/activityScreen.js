import Screen, { tell } from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { counted, formatMoment, formatNumber, formatValue } from 'di/format';
import { fill, labels, optionsOf, wordsOf } from 'di/labels';
import { askedNow, isSought, linkTo } from 'di/route';

const PAGE = 50;
const REFRESH_MILLISECONDS = 10_000;
/** What is typed is asked for when the typing rests. */
const REST_MILLISECONDS = 300;
const LEVELS = { done: 'good', waiting: 'off', 'no-record': 'warning', failed: 'bad' };
/** Where each kind is set up. */
const SECTIONS = { delivery: 'integrations', event: 'sources', action: 'recordActions', import: 'imports' };

const keyOf = ({ kind, id, at }) => `${kind} ${id} ${at}`;
const valueText = (value) => formatValue(value) || labels.activity.nothing;

/** What went to Salesforce, what waits to go, and what came to nothing: of every kind, field by field. */
export default class ActivityScreen extends Screen {
  entries = null;
  next = null;
  asked = { search: '', filters: {} };
  /** Nothing was ever sent. */
  isUnused = false;
  typing = null;

  connectedCallback() {
    this.asked = askedNow();
    return super.connectedCallback();
  }

  async load() {
    // Whoever has gone on to older ones is not thrown back by the clock.
    if ((this.entries?.length ?? 0) <= PAGE) await this.lookUp();
    this.lookAgain(REFRESH_MILLISECONDS);
  }

  page(after) {
    const { search, filters } = this.asked;
    const { kind, status } = /** @type {Record<string, string>} */ (filters);
    const { owner } = this.route.query;
    const query = { kind, status, owner, search: search.trim(), limit: PAGE, after };
    return call('GET', asking(pathOf('activity'), query));
  }

  /** Shows what is asked for, unless meanwhile something else is. */
  async lookUp() {
    const { asked } = this;
    const page = await this.page(null);
    if (this.asked !== asked) return;
    this.show(page);
    // Of the list that is shown, not of one that is asked for: the list would go, and what is typed into it.
    this.isUnused = this.entries.length === 0 && !isSought(asked);
  }

  show({ activity, next }, older = []) {
    this.entries = [...older, ...activity];
    this.next = next;
  }

  get hasMore() {
    return this.next !== null;
  }

  get columns() {
    return [
      { name: 'subject', label: labels.activity.subject },
      {
        name: 'kind',
        label: labels.activity.kind,
        isFilter: true,
        options: optionsOf(labels.activity.kinds),
      },
      { name: 'ownerName', label: labels.activity.owner },
      {
        ...{ name: 'status', label: labels.status, kind: 'status', isFilter: true },
        options: optionsOf(labels.activity.statuses),
      },
      { name: 'records', label: labels.activity.records },
      { name: 'fields', label: labels.activity.sent, kind: 'details' },
      { name: 'reason', label: labels.activity.reason },
      { name: 'moment', label: labels.activity.at },
    ];
  }

  get bulk() {
    return this.may('deliveries:write')
      ? [{ name: 'replay', label: labels.activity.replay, isMeant: ({ canReplay }) => canReplay }]
      : [];
  }

  get rows() {
    return this.entries?.map((entry) => shown(entry, this.may('deliveries:write'))) ?? null;
  }

  async handleAsk(event) {
    this.asked = event.detail;
    clearTimeout(this.typing);
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- a search for each letter would be many
    this.typing = setTimeout(() => this.askAgain(), REST_MILLISECONDS);
  }

  async askAgain() {
    const { asked } = this;
    await this.attempt(() => this.lookUp());
    if (this.asked !== asked) await this.askAgain();
  }

  async handleMore() {
    await this.attempt(async () => this.show(await this.page(this.next), this.entries));
  }

  handleAction(event) {
    return this.replay([event.detail.key]);
  }

  handleBulk(event) {
    return this.replay(event.detail.keys);
  }

  /** Has entries sent again, those of one owner at once. */
  async replay(keys) {
    const meant = this.entries.filter((entry) => keys.includes(keyOf(entry)));
    await this.attempt(async () => {
      const owners = [...new Set(meant.map(({ owner }) => owner.id))];
      const counts = await Promise.all(
        owners.map((id) => replayed(meant.filter(({ owner }) => owner.id === id))),
      );
      tell(
        counted(
          labels.activity.replayed,
          counts.reduce((all, count) => all + count, 0),
        ),
      );
      await this.lookUp();
    });
  }
}

/** Has entries of one owner sent again; answers how many. */
async function replayed(entries) {
  const [{ kind, owner }] = entries;
  const ids = entries.map(({ id }) => id);
  if (kind === 'delivery') {
    const { count } = await call('POST', pathOf('deliveries', 'replay'), { integration: owner.id, ids });
    return count;
  }
  const path =
    kind === 'event'
      ? pathOf('sources', owner.id, 'events', 'retry')
      : pathOf('actions', owner.id, 'items', 'retry');
  const { retried } = await call('POST', path, { ids: ids.map(Number) });
  return retried;
}

function shown(entry, isChangeable) {
  const { kind, owner, status, outcome, records, canReplay } = entry;
  return {
    key: keyOf(entry),
    mark: `${kind}-${status}`,
    canReplay,
    subject: subjectOf(entry),
    link: linkTo(SECTIONS[kind], owner.id),
    kind: kindOf(entry),
    ownerName: owner.name,
    status: {
      text: labels.activity.outcomes[outcome] ?? labels.activity.statuses[status],
      level: LEVELS[status],
    },
    records: [entry.object, records.join(', ')].filter(Boolean).join(' '),
    fields: detailsOf(entry),
    reason: reasonOf(entry),
    moment: formatMoment(entry.at),
    actions: canReplay && isChangeable ? [{ name: 'replay', label: labels.activity.replay }] : [],
  };
}

function subjectOf({ key, owner, fields }) {
  if (key !== null) return Object.values(key).join(', ');
  const mail = fields.find(({ after }) => typeof after === 'string' && after.includes('@'));
  return mail ? String(mail.after) : owner.name;
}

function kindOf({ kind, changes }) {
  const words = changes.map(
    (change) => labels.activity.changes[change] ?? labels.recordActions.occasions[change] ?? change,
  );
  const name = labels.activity.kinds[kind];
  return words.length === 0 ? name : fill(labels.activity.kindWith, name, words.join(', '));
}

function detailsOf({ fields, counts, kind }) {
  if (kind === 'import') {
    const { rows = 0, rejected = 0 } = counts ?? {};
    return { text: fill(labels.activity.counts, formatNumber(rows), formatNumber(rejected)), lines: [] };
  }
  return {
    text: fields.length === 0 ? '' : counted(labels.activity.fields, fields.length),
    lines: fields.map((field) => ({
      name: field.field,
      isKnown: 'before' in field,
      before: valueText(field.before),
      after: 'after' in field ? valueText(field.after) : labels.activity.later,
    })),
  };
}

function reasonOf(entry) {
  const { message, attempts } = entry;
  const tries = attempts > 1 ? counted(labels.activity.attempts, attempts) : '';
  return [message === null ? '' : wordsOf(entry), tries].filter(Boolean).join(' · ');
}
