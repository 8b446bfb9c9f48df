import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, wordsOf } from 'di/labels';
import { scheduleText } from 'di/scheduleFields';
import { counted, formatMoment, formatNumber } from 'di/format';

/** Often enough for a bar that moves. */
const LOOK_MILLISECONDS = 2000;
const UNFINISHED = new Set(['queued', 'running']);

/** A pull: run it, watch it, and what its runs did. */
export default class PullScreen extends Screen {
  pull = null;
  runs = [];
  preview = null;
  /** The schedule that is being chosen; null while nobody does. */
  schedule = null;

  /** @returns {readonly ['pulls', string]} */
  get path() {
    return ['pulls', this.route.params.pull];
  }

  async load() {
    const [pull, { runs }] = await Promise.all([
      call('GET', pathOf(...this.path)),
      call('GET', pathOf(...this.path, 'runs')),
    ]);
    this.pull = pull;
    this.runs = runs;
    this.lookAgain(LOOK_MILLISECONDS, () => this.isRunning);
  }

  get heading() {
    return this.pull ? fill(labels.transfers.into, this.pull.object, this.pull.table) : labels.pulls.one;
  }

  get hint() {
    if (!this.pull) return '';
    const { schedule, isEnabled, nextRunAt } = this.pull;
    return isEnabled
      ? fill(labels.pulls.scheduled, scheduleText(schedule), formatMoment(nextRunAt))
      : labels.pulls.onDemand;
  }

  get isChangeable() {
    return this.pull !== null && this.may('transfers:write');
  }

  get current() {
    return this.runs.find(({ state }) => UNFINISHED.has(state)) ?? null;
  }

  get isRunning() {
    return this.current !== null;
  }

  get latest() {
    return this.runs[0] ?? null;
  }

  /** A run holds until it is answered, or until another one was made instead. */
  get isAsking() {
    return this.latest?.state === 'held';
  }

  get percent() {
    const { read, expected } = this.current;
    return expected ? Math.min(100, Math.round((100 * read) / expected)) : 0;
  }

  get progressText() {
    const { state, read, expected } = this.current;
    if (state === 'queued') return labels.pulls.queued;
    return expected === null
      ? counted(labels.pulls.readSoFar, read)
      : counted(labels.pulls.progress, read, formatNumber(expected));
  }

  get previewText() {
    return counted(labels.pulls.previewed, this.preview.records);
  }

  get enabledLabel() {
    return this.pull.isEnabled ? labels.pulls.disable : labels.pulls.enable;
  }

  get isEmpty() {
    return this.pull !== null && this.runs.length === 0;
  }

  get hasRows() {
    return this.runs.length > 0;
  }

  get rows() {
    return this.runs.map((run) => ({
      ...run,
      moment: formatMoment(run.startedAt ?? run.queuedAt),
      kindText: labels.pulls.kinds[run.kind],
      stateText: [labels.pulls.states[run.state], wordsOf(run)].filter(Boolean).join('. '),
      readText: formatNumber(run.read),
      appliedText: formatNumber(run.applied),
      archivedText: formatNumber(run.archived),
      rejectedText: formatNumber(run.rejected),
    }));
  }

  async handlePreview() {
    await this.attempt(async () => {
      this.preview = await call('POST', pathOf(...this.path, 'preview'));
    });
  }

  async handleEnabled() {
    await this.attempt(async () => {
      await call('PATCH', pathOf(...this.path), { isEnabled: !this.pull.isEnabled });
      await this.load();
    });
  }

  get isScheduling() {
    return this.schedule !== null;
  }

  handleScheduling() {
    this.schedule = this.isScheduling ? null : this.pull.schedule;
  }

  handleScheduled(event) {
    this.schedule = event.detail;
  }

  async handleSaveSchedule() {
    if (!this.isFilled()) return;
    const isDone = await this.attempt(async () => {
      await call('PATCH', pathOf(...this.path), { schedule: this.schedule });
      await this.load();
    }, labels.schedule.changed);
    if (isDone) this.schedule = null;
  }

  async handleRun() {
    await this.run({ kind: 'changes' });
  }

  async handleRunFull() {
    await this.run({ kind: 'full' });
  }

  async handleArchive() {
    await this.run({ kind: 'full', mayArchiveMany: true });
  }

  async run(wanted) {
    await this.attempt(async () => {
      await call('POST', pathOf(...this.path, 'runs'), wanted);
      await this.load();
    }, labels.pulls.started);
  }

  async handleCancel() {
    await this.end(this.current);
  }

  async handleKeep() {
    await this.end(this.latest, labels.pullQuestion.kept);
  }

  async end({ id }, done) {
    await this.attempt(async () => {
      await call('POST', pathOf(...this.path, 'runs', id, 'cancel'));
      await this.load();
    }, done);
  }
}
