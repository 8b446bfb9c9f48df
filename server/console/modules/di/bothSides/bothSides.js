import { api } from 'lwc';
import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { linkTo } from 'di/route';

const GOES_ON_MILLISECONDS = 3000;
const IS_AT_WORK = new Set(['queued', 'running']);

const isAtWork = ({ latestRun }) => IS_AT_WORK.has(latestRun?.state);
const pairOf = ({ connection, table, object }) => `${connection} ${table} ${object.toLowerCase()}`;

/** How many records and rows both sides had when they were compared last, and comparing them now. */
export default class BothSides extends Screen {
  /** As health answers them. */
  @api connections = [];
  comparisons = null;
  transfers = [];
  integrations = [];

  async load() {
    const [{ transfers }, integrations, { comparisons }] = await Promise.all([
      call('GET', pathOf('transfers')),
      this.may('deliveries:read') ? call('GET', pathOf('integrations')) : { integrations: [] },
      call('GET', pathOf('comparisons')),
    ]);
    this.transfers = transfers.filter(({ status }) => status === 'active');
    this.integrations = integrations.integrations.filter(({ status }) => status === 'active');
    this.comparisons = comparisons;
    this.lookAgain(GOES_ON_MILLISECONDS, () => this.comparisons.some(isAtWork));
  }

  get columns() {
    return [
      { name: 'pair', label: labels.home.pair },
      { name: 'connection', label: labels.home.connection, isFilter: true },
      { name: 'records', label: labels.home.records, kind: 'number' },
      { name: 'rows', label: labels.home.rows, kind: 'number' },
      { name: 'verdict', label: labels.status, kind: 'status' },
      { name: 'at', label: labels.home.compared, kind: 'moment' },
    ];
  }

  /** One for each table and object between which something goes. */
  get pairs() {
    const ways = [
      ...this.transfers.map((each) => ({ ...each, asked: { transfer: each.id }, section: 'transfers' })),
      ...this.integrations.map((each) => ({
        ...each,
        asked: { integration: each.id },
        section: 'integrations',
      })),
    ];
    return [...new Map(ways.toReversed().map((way) => [pairOf(way), way])).values()].toReversed();
  }

  get rows() {
    if (this.comparisons === null) return null;
    const names = new Map(this.connections.map(({ id, name }) => [id, name]));
    return this.pairs.map((way) => {
      const comparison = this.comparisons.find((each) => pairOf(each) === pairOf(way));
      const result = comparison?.result ?? null;
      const isRunning = comparison !== undefined && isAtWork(comparison);
      return {
        key: pairOf(way),
        pair: fill(labels.home.between, way.object, way.table),
        link: linkTo(way.section, way.id),
        connection: names.get(way.connection) ?? '',
        records: result?.records ?? null,
        rows: result?.rows ?? null,
        verdict: verdictOf(result, isRunning),
        at: result?.finishedAt ?? null,
        actions:
          this.may('transfers:write') && !isRunning ? [{ name: 'compare', label: labels.home.compare }] : [],
      };
    });
  }

  async handleCompare(event) {
    const way = this.pairs.find((each) => pairOf(each) === event.detail.key);
    await this.attempt(async () => {
      await call('POST', pathOf('comparisons'), way.asked);
      await this.load();
    }, labels.home.comparing);
  }
}

function verdictOf(result, isRunning) {
  const { sidesState } = labels.home;
  if (isRunning) return { text: sidesState.running, level: 'off' };
  if (result === null) return { text: sidesState.never, level: 'off' };
  if (result.differences > 0) return { text: fill(sidesState.differs, result.differences), level: 'bad' };
  const explained = Object.values(result.explained).reduce((sum, count) => sum + count, 0);
  const text = explained === 0 ? sidesState.same : fill(sidesState.explained, explained);
  return { text, level: 'good' };
}
