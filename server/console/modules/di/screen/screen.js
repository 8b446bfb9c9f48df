import { LightningElement, api } from 'lwc';
import { forgetDraft, keepDraft, keptDraft } from 'di/drafts';
import { may } from 'di/session';
import { labels } from 'di/labels';

/** Dispatched on window to show a sentence for a while. */
export const TOLD = 'di-told';

/** What asks for something and does it: once at a time, with what went wrong for all to see. */
export class Form extends LightningElement {
  labels = labels;
  isBusy = false;
  /** Why the last action failed. */
  problem = null;
  draft = {};
  /** What its draft is kept as until it is sent or left, where a screen says so: never what is secret. */
  keptAs = null;

  /** Begins a draft, with what was typed before and never sent. */
  beginDraft(first) {
    this.draft = { ...first, ...(this.keptAs && keptDraft(this.keptAs)) };
  }

  /** Whether something was typed and never sent: then the form is open again. */
  get isDraftKept() {
    return this.keptAs !== null && keptDraft(this.keptAs) !== null;
  }

  endDraft() {
    if (this.keptAs) forgetDraft(this.keptAs);
    this.draft = {};
  }

  /** Does what was asked for, unless something is being done; tells of it, or of what went wrong. Answers whether it went well. */
  async attempt(work, done = null) {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.problem = null;
    try {
      await work();
      if (done !== null) tell(done);
      return true;
    } catch (error) {
      this.problem = error;
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  /** Keeps what was typed or chosen, under the input's name. */
  handleDraft(event) {
    const { name, type } = event.target;
    const value = type === 'checkbox' || type === 'toggle' ? event.detail.checked : event.detail.value;
    this.changeDraft({ [name]: value });
  }

  changeDraft(change) {
    this.draft = { ...this.draft, ...change };
    if (this.keptAs) keepDraft(this.keptAs, this.draft);
  }

  /** Whether every input of the form says that it is right; each that is not says why. */
  isFilled() {
    return [...this.template.querySelectorAll('.form-input')].reduce(
      (isRight, input) => input.reportValidity() && isRight,
      true,
    );
  }

  may(scope) {
    return may(scope);
  }
}

/** A form that loads what it shows, in `load`, says that it does, and looks again by itself where something goes on. */
export default class Screen extends Form {
  /**
   * Loads what the screen shows; each screen says how.
   *
   * @returns {Promise<void>}
   */
  load() {
    return Promise.resolve();
  }

  /** `{ screen, params, query }`, as di/route reads it. */
  @api route = { params: {}, query: {} };

  isLoading = true;
  /** Why nothing could be loaded. */
  loadError = null;
  isGone = false;
  timer = null;
  /** Whether `openFirstForm` was there: what is left afterwards stays left. */
  isFormOffered = false;

  async connectedCallback() {
    await this.reload();
  }

  disconnectedCallback() {
    this.isGone = true;
    clearTimeout(this.timer);
  }

  reload = async () => {
    try {
      await this.load();
      this.loadError = null;
    } catch (error) {
      this.loadError = error;
    }
    this.isLoading = false;
  };

  /** A screen that makes something has a form for it, and says when. */
  get isNewOffered() {
    return false;
  }

  /**
   * Opens the form of what a screen makes.
   *
   * @returns {Promise<void> | void}
   */
  handleNew() {}

  /** Opens the form of a list that has no rows yet, or that somebody began to fill in: once, when the list is first known. */
  async openFirstForm(rows) {
    if (this.isFormOffered) return;
    this.isFormOffered = true;
    if (this.isNewOffered && (rows.length === 0 || this.isDraftKept)) await this.handleNew();
  }

  /**
   * Loads again after a while, and again, for as long as the screen stands and `isWanted` says so. A page that nobody sees
   * asks for nothing.
   */
  lookAgain(milliseconds, isWanted = () => true) {
    clearTimeout(this.timer);
    if (this.isGone || !isWanted()) return;
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- what goes on is looked at until the screen is left
    const timer = setTimeout(async () => {
      if (!document.hidden) await this.reload();
      // Loading may have said itself when to look again.
      if (this.timer === timer) this.lookAgain(milliseconds, isWanted);
    }, milliseconds);
    this.timer = timer;
  }
}

/** A definition as text, whatever the order of its members: two that are the same have the same. */
export function definitionText(definition) {
  return JSON.stringify(definition, (_name, value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** Shows a sentence for a while, and says it to who cannot see it. */
export function tell(message) {
  window.dispatchEvent(new CustomEvent(TOLD, { detail: { message } }));
}
