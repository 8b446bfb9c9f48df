import { api } from 'lwc';
import { Form } from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { languageName } from 'di/format';
import { fill, labels } from 'di/labels';

/** Bytes of a logo: it is in each page. */
const MOST_LOGO = 60_000;
const PURPOSES = ['unsubscribe', 'preferences', 'confirmation'];

/** How the pages of a project's links look, and a look at them. */
export default class LinkPages extends Form {
  /** There is something that the pages can ask for. */
  @api hasOptIns = false;
  /** Tags of the languages that the pages speak. */
  @api languages = [];
  shownProject = null;

  /** Code of the project. */
  @api
  get project() {
    return this.shownProject;
  }

  set project(project) {
    this.shownProject = project;
    this.load();
  }

  async load() {
    await this.attempt(async () => {
      const { branding } = await call('GET', this.path);
      const words = Object.entries(branding.texts).flatMap(([language, { intro, footer }]) => [
        [`intro-${language}`, intro],
        [`footer-${language}`, footer],
      ]);
      const { name, colour, logo } = branding;
      this.draft = { name, colour: colour ?? '', logo, ...Object.fromEntries(words) };
    });
  }

  get path() {
    return pathOf('projects', this.project, 'consent', 'branding');
  }

  get isChangeable() {
    return this.may('consent:write');
  }

  get texts() {
    const { introIn, footerIn } = labels.consentPages;
    return this.languages.map((language) => ({
      introKey: `intro-${language}`,
      introLabel: fill(introIn, languageName(language)),
      intro: this.draft[`intro-${language}`] ?? '',
      footerKey: `footer-${language}`,
      footerLabel: fill(footerIn, languageName(language)),
      footer: this.draft[`footer-${language}`] ?? '',
    }));
  }

  get previews() {
    const path = pathOf('projects', this.project, 'consent', 'preview');
    return PURPOSES.flatMap((purpose) =>
      this.languages.map((language) => ({
        link: asking(path, { purpose, language }),
        label: `${labels.consentPages.purposes[purpose]}, ${languageName(language)}`,
      })),
    );
  }

  async handleLogo(event) {
    const [file] = event.target.files;
    if (!file) return;
    await this.attempt(async () => {
      if (file.size > MOST_LOGO) throw new Error(labels.consentPages.logoHelp);
      this.changeDraft({ logo: await addressOf(file) });
    });
  }

  handleNoLogo() {
    this.changeDraft({ logo: null });
  }

  async handleSave(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { name = '', colour, logo = null } = this.draft;
    const texts = Object.fromEntries(
      this.texts.map(({ intro, footer }, index) => [this.languages[index], { intro, footer }]),
    );
    await this.attempt(
      () => call('PUT', this.path, { name, colour: colour || null, logo, texts }),
      labels.consentPages.saved,
    );
  }
}

/** A file as a data: URL. */
function addressOf(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
