import Screen from 'di/screen';
import { call, pathOf, queryOf } from 'di/api';
import { fill, labels, optionsOf, wordsOf } from 'di/labels';
import { counted, formatNumber } from 'di/format';

const LOOK_MILLISECONDS = 1500;
const GOING_ON = new Set(['checking', 'running']);
/** Of options that stand for an opt-in: no column or field is called so. */
const OPT_IN = 'opt-in:';
const NULLABLE = new Set(['dates', 'externalIdField']);
/** Steps that care for no settings. */
const LEAVING = new Set(['pause', 'cancel']);

/** An import: where the columns of a file go, how far it is, and what was rejected. */
export default class ImportScreen extends Screen {
  given = null;
  /** Columns of the table, or fields of the object, that the file may fill. */
  targets = [];
  /** Opt-ins that columns of the file may speak of. */
  optIns = [];
  /** Settings that do not fit yet: the server refused them, and gets them again with the next ones. */
  unsaved = {};
  /** The table's contacts come from Salesforce: filling them here has to be asked for. */
  isOverrideOffered = false;

  /** @returns {readonly ['imports', string]} */
  get path() {
    return ['imports', this.route.params.import];
  }

  async load() {
    this.show(await call('GET', pathOf(...this.path)));
    if (this.targets.length === 0 && this.given.found) await this.loadTargets();
    this.lookAgain(LOOK_MILLISECONDS, () => this.isRunning);
  }

  /** What a change answers says nothing of reasons: those of the last look still hold. */
  show(given) {
    this.given = { reasons: this.given?.reasons ?? [], ...given };
  }

  async loadTargets() {
    const { targets } = await call('GET', pathOf(...this.path, 'targets'));
    if (this.given.table === 'Contact') await this.loadContacts();
    this.targets = targets;
  }

  async loadContacts() {
    const path = /** @type {const} */ (['projects', this.given.project]);
    const [{ type }, { optIns }] = await Promise.all([
      call('GET', pathOf(...path)),
      this.may('consent:read') ? call('GET', pathOf(...path, 'opt-ins')) : { optIns: [] },
    ]);
    this.isOverrideOffered = type !== 'B';
    this.optIns = optIns.filter(({ isArchived }) => !isArchived);
  }

  /** As they are chosen on the screen. */
  get settings() {
    return { ...this.given.settings, ...this.unsaved };
  }

  get consents() {
    return this.settings.consents ?? [];
  }

  get hasConsents() {
    return this.consents.length > 0;
  }

  get isUnsaved() {
    return Object.keys(this.unsaved).length > 0;
  }

  get isIntoObject() {
    return this.given.object !== null;
  }

  get targetLabel() {
    return this.isIntoObject ? labels.importTarget.field : labels.transfers.column;
  }

  get operationOptions() {
    return optionsOf(labels.importTarget.operations);
  }

  get isExternalIdAsked() {
    return this.isIntoObject && this.settings.operation === 'upsert';
  }

  get externalIdOptions() {
    const ids = this.targets.filter(({ isExternalId, name }) => isExternalId || name === 'Id');
    return [{ value: '', label: labels.imports.choose }, ...ids.map(nameOf)];
  }

  get externalIdValue() {
    return this.settings.externalIdField ?? '';
  }

  get isSavedOffered() {
    const { object, isDryRun, counts } = this.given;
    return object !== null && !isDryRun && counts.created + counts.updated > 0;
  }

  get savedLink() {
    return `${this.resultsLink}${queryOf({ only: 'saved' })}`;
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

  get message() {
    return wordsOf(this.given);
  }

  get reasons() {
    return this.given.reasons.map((reason) => ({
      key: `${reason.code} ${reason.column}`,
      message: wordsOf(reason),
      text: counted(labels.imports.reason, reason.rows, formatNumber(reason.line)),
    }));
  }

  get resultsLink() {
    return pathOf(...this.path, 'results.csv');
  }

  get hasWarnings() {
    return this.given.found.warnings.length > 0;
  }

  get guess() {
    return this.given.found.guess ?? null;
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
    return this.settings.dates ?? '';
  }

  get decimalOptions() {
    return optionsOf(labels.imports.decimalMarks);
  }

  get columnOptions() {
    return [
      { value: '', label: labels.transfers.notMapped },
      ...this.targets.map(nameOf),
      ...this.optIns.map(({ code, name }) => ({
        value: `${OPT_IN}${code}`,
        label: fill(labels.importConsent.choice, name),
      })),
    ];
  }

  /** Where a column of the file goes, as an option of the select. */
  chosenFor(heading) {
    const consent = this.consents.find((each) => each.heading === heading);
    if (consent) return `${OPT_IN}${consent.optIn}`;
    return this.settings.mapping.find((each) => each.heading === heading)?.to ?? '';
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
      to: this.chosenFor(heading),
      label: fill(labels.imports.columnFor, heading),
    }));
  }

  async handleSetting(event) {
    const { name } = event.target;
    const { value, checked } = event.detail;
    const given = name === 'overridesSalesforce' ? checked : value;
    await this.change({ [name]: NULLABLE.has(name) && given === '' ? null : given });
  }

  async handleEncoding(event) {
    await this.change({ encoding: event.detail });
  }

  async handleMapping(event) {
    const { heading } = event.target.dataset;
    const to = event.detail.value;
    const former = this.settings.mapping.find((each) => each.heading === heading);
    const mapping = this.settings.mapping.filter((each) => each.heading !== heading);
    const consents = this.consents.filter((each) => each.heading !== heading);
    if (to.startsWith(OPT_IN)) consents.push({ heading, optIn: to.slice(OPT_IN.length) });
    else if (to !== '') mapping.push({ ...former, heading, to });
    await this.change(this.optIns.length > 0 ? { mapping, consents } : { mapping });
  }

  async handleConsents(event) {
    await this.change({ consents: event.detail });
  }

  /** Saves what was chosen, or keeps it until it fits: one choice may need another. Answers whether it is saved. */
  async change(settings) {
    this.unsaved = { ...this.unsaved, ...settings };
    return this.attempt(async () => {
      this.show(await call('PATCH', pathOf(...this.path, 'settings'), this.unsaved));
      this.unsaved = {};
    });
  }

  async handleVerb(event) {
    const verb = /** @type {'check' | 'start' | 'pause' | 'resume' | 'cancel'} */ (event.target.dataset.verb);
    if (this.isUnsaved && !LEAVING.has(verb) && !(await this.change({}))) return;
    await this.attempt(async () => {
      await call('POST', pathOf(...this.path, verb));
      this.unsaved = {};
      await this.load();
    });
  }
}

function nameOf({ name, label }) {
  return { value: name, label: label === name ? name : `${name} (${label})` };
}
