import { api } from 'lwc';
import { Form } from 'di/screen';
import { call, pathOf } from 'di/api';
import { languageName } from 'di/format';
import { fill, labels } from 'di/labels';

/**
 * Changes an opt-in: what it is called, in each language of the pages, and whether a grant is confirmed.
 *
 * @fires OptInForm#saved
 * @fires OptInForm#left
 */
export default class OptInForm extends Form {
  /** Code of the project. */
  @api project;
  /** Tags of the languages that the pages speak. */
  @api languages = [];
  shownOptIn = null;

  /** As the API gives it. */
  @api
  get optIn() {
    return this.shownOptIn;
  }

  set optIn(optIn) {
    if (optIn.code === this.shownOptIn?.code) return;
    this.shownOptIn = optIn;
    const { name, description, isDouble, confirmWithin, translations } = optIn;
    const words = Object.entries(translations).flatMap(([language, texts]) => [
      [`name-${language}`, texts.name],
      [`description-${language}`, texts.description],
    ]);
    this.draft = { name, description, isDouble, confirmWithin, ...Object.fromEntries(words) };
  }

  get heading() {
    return fill(labels.fields.of, labels.action.edit, this.optIn.name);
  }

  get translations() {
    return this.languages.map((language) => ({
      nameKey: `name-${language}`,
      nameLabel: fill(labels.consentPages.nameIn, languageName(language)),
      name: this.draft[`name-${language}`] ?? '',
      descriptionKey: `description-${language}`,
      descriptionLabel: fill(labels.consentPages.descriptionIn, languageName(language)),
      description: this.draft[`description-${language}`] ?? '',
    }));
  }

  async handleSave() {
    if (!this.isFilled()) return;
    const { name, description, isDouble, confirmWithin } = this.draft;
    const translations = Object.fromEntries(
      this.translations
        .map((each, index) => [this.languages[index], { name: each.name, description: each.description }])
        .filter(([, texts]) => texts.name !== '' || texts.description !== ''),
    );
    const change = { name, description, isDouble, confirmWithin: Number(confirmWithin), translations };
    await this.attempt(async () => {
      await call('PATCH', pathOf('projects', this.project, 'opt-ins', this.optIn.code), change);
      this.dispatchEvent(new CustomEvent('saved'));
    }, labels.consentPages.saved);
  }

  handleLeave() {
    this.dispatchEvent(new CustomEvent('left'));
  }
}
