import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';
import { counted, formatNumber } from 'di/format';

const LOOK_MILLISECONDS = 1500;
const GOING_ON = new Set(['checking', 'running']);

/** An import: where the columns of a file go, how far it is, and what was rejected. */
export default class ImportScreen extends Screen {
  given = null;
  columns = [];
  /** The table's contacts come from Salesforce: filling them here has to be asked for. */
  isOverrideOffered = false;

  get path() {
    return ['imports', this.route.params.import];
  }

  async load() {
    this.show(await call('GET', pathOf(...this.path)));
    if (this.columns.length === 0 && this.given.table !== null) await this.loadColumns();
    this.lookAgain(LOOK_MILLISECONDS, () => this.isRunning);
  }

  /** What a change answers says nothing of reasons: those of the last look still hold. */
  show(given) {
    this.given = { reasons: this.given?.reasons ?? [], ...given };
  }

  async loadColumns() {
    const { tables, type } = await call('GET', pathOf('projects', this.given.project));
    const { fields } = tables.find(({ code }) => code === this.given.table);
    this.isOverrideOffered = this.given.table === 'Contact' && type !== 'B';
    this.columns = fields.filter(({ isArchived }) => !isArchived).map(({ name }) => name);
  }

  get heading() {
    return this.given?.name ?? labels.imports.one;
  }

  get hint() {
    if (!this.given) return '';
    const { project, table, object, status } = this.given;
    return `${object ?? `${project}: ${table}`} · ${labels.imports.statuses[status]}`;
  }

  get isChangeable() {
    return this.given !== null && this.may('imports:write');
  }

  get isReady() {
    return this.given.status === 'ready';
  }

  get isRunning() {
    return GOING_ON.has(this.given.status);
  }

  get isResumable() {
    return this.given.status === 'paused' || (this.given.status === 'failed' && this.given.settings !== null);
  }

  get isCancelOffered() {
    return this.isRunning || this.isResumable;
  }

  /** What was begun is read as it was begun. */
  get isFixed() {
    return !this.isReady || !this.isChangeable || this.isBusy;
  }

  get percent() {
    return Math.round(100 * this.given.progress.share);
  }

  get progressText() {
    const { status, isDryRun, progress } = this.given;
    if (this.isRunning && progress.secondsLeft !== null)
      return counted(
        labels.imports.left,
        Math.ceil(progress.secondsLeft),
        labels.imports.statuses[status],
        formatNumber(this.percent),
      );
    return isDryRun && status === 'ready' ? labels.imports.checked : labels.imports.statuses[status];
  }

  get figures() {
    const { counts } = this.given;
    return ['rows', 'created', 'updated', 'unchanged', 'rejected'].map((name) => ({
      label: labels.imports[name],
      text: formatNumber(counts[name]),
    }));
  }

  get hasRejected() {
    return this.given.counts.rejected > 0;
  }

  get hasReasons() {
    return this.given.reasons.length > 0;
  }

  get reasons() {
    return this.given.reasons.map(({ code, column, message, line, rows }) => ({
      key: `${code} ${column}`,
      message,
      text: counted(labels.imports.reason, rows, formatNumber(line)),
    }));
  }

  get resultsLink() {
    return pathOf(...this.path, 'results.csv');
  }

  get hasWarnings() {
    return this.given.found.warnings.length > 0;
  }

  get modeOptions() {
    return optionsOf(labels.imports.modes);
  }

  get emptyOptions() {
    return optionsOf(labels.imports.emptyModes);
  }

  get dateOptions() {
    return [{ value: '', label: labels.imports.choose }, ...optionsOf(labels.imports.dateOrders)];
  }

  get datesValue() {
    return this.given.settings.dates ?? '';
  }

  get decimalOptions() {
    return optionsOf(labels.imports.decimalMarks);
  }

  get columnOptions() {
    return [
      { value: '', label: labels.transfers.notMapped },
      ...this.columns.map((value) => ({ value, label: value })),
    ];
  }

  get mappingRows() {
    const { headings, sample } = this.given.found;
    return headings.map((heading, index) => ({
      heading,
      sample: sample
        .slice(0, 3)
        .map((row) => row[index])
        .filter(Boolean)
        .join(', '),
      to: this.given.settings.mapping.find((entry) => entry.heading === heading)?.to ?? '',
      label: fill(labels.imports.columnFor, heading),
    }));
  }

  async handleSetting(event) {
    const { name } = event.target;
    const { value, checked } = event.detail;
    const given = name === 'overridesSalesforce' ? checked : value;
    await this.change({ [name]: name === 'dates' && given === '' ? null : given });
  }

  async handleMapping(event) {
    const { heading } = event.target.dataset;
    const to = event.detail.value;
    const former = this.given.settings.mapping.find((entry) => entry.heading === heading);
    const others = this.given.settings.mapping.filter((entry) => entry.heading !== heading);
    await this.change({ mapping: to === '' ? others : [...others, { ...former, heading, to }] });
  }

  async change(settings) {
    await this.attempt(async () => {
      this.show(await call('PATCH', pathOf(...this.path, 'settings'), settings));
    });
    // A refused change is taken back on the screen.
    if (this.problem) this.given = { ...this.given };
  }

  async handleVerb(event) {
    const { verb } = event.target.dataset;
    await this.attempt(async () => {
      await call('POST', pathOf(...this.path, verb));
      await this.load();
    });
  }
}
