import { api } from 'lwc';
import { Form } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';

/**
 * Opt-ins of a project, in the order that pages show them: added, edited, moved, archived.
 *
 * @slot default between the list and what is filled in
 * @fires OptInList#changed where something is so
 */
export default class OptInList extends Form {
  /** Code of the project. */
  @api project;
  /** All of them, as the API gives them. */
  @api optIns = [];
  /** Tags of the languages that the pages speak. */
  @api languages = [];
  editedCode = null;

  get isChangeable() {
    return this.may('consent:write');
  }

  get isOptInless() {
    return this.optIns.length === 0;
  }

  get edited() {
    return this.optIns.find(({ code }) => code === this.editedCode) ?? null;
  }

  get shownOptIns() {
    return this.optIns.map((optIn, index) => {
      const verb = optIn.isArchived ? 'restore' : 'archive';
      const named = (text) => fill(labels.fields.of, text, optIn.name);
      return {
        ...optIn,
        text: [optIn.isDouble && labels.consent.double, optIn.isArchived && labels.projects.archived]
          .filter(Boolean)
          .map((word) => ` · ${word}`)
          .join(''),
        verb,
        verbLabel: labels.projects[verb],
        verbName: named(labels.projects[verb]),
        editName: named(labels.action.edit),
        upName: named(labels.consentPages.up),
        downName: named(labels.consentPages.down),
        isUpDisabled: this.isBusy || index === 0,
        isDownDisabled: this.isBusy || index === this.optIns.length - 1,
      };
    });
  }

  /** Does something to the opt-ins, and tells of it. */
  async change(work, done = null) {
    await this.attempt(async () => {
      await work();
      this.dispatchEvent(new CustomEvent('changed'));
    }, done);
  }

  async handleMove(event) {
    const { code, by } = event.target.dataset;
    const codes = this.optIns.map((optIn) => optIn.code);
    const from = codes.indexOf(code);
    codes.splice(from + Number(by), 0, ...codes.splice(from, 1));
    await this.change(() => call('PUT', pathOf('projects', this.project, 'opt-ins'), { optIns: codes }));
  }

  async handleArchive(event) {
    const { code, verb } = event.target.dataset;
    const change = /** @type {'archive' | 'restore'} */ (verb);
    await this.change(() => call('POST', pathOf('projects', this.project, 'opt-ins', code, change)));
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { optInName: name, optInCode: code, isDouble = false } = this.draft;
    await this.change(async () => {
      await call('POST', pathOf('projects', this.project, 'opt-ins'), { name, code, isDouble });
      this.draft = { optInName: '', optInCode: '' };
    }, labels.consent.optInAdded);
  }

  handleEdit(event) {
    this.editedCode = event.target.dataset.code;
  }

  handleSaved() {
    this.editedCode = null;
    this.dispatchEvent(new CustomEvent('changed'));
  }

  handleLeft() {
    this.editedCode = null;
  }
}
