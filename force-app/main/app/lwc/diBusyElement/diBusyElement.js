import { LightningElement } from 'lwc';

/** A component that calls Apex: busy while it does, what went wrong kept for its template to show. */
export default class DiBusyElement extends LightningElement {
  isBusy = false;
  /** Why the last call failed. */
  error = null;
  /** What did not work then, in a few words. */
  errorTitle = null;

  /**
   * Runs what calls Apex, and is busy while it goes on.
   *
   * @param {string | null} errorTitle what to say of a failure
   * @param {() => Promise<void>} call what is to be done; it may change the title on its way
   * @returns {Promise<boolean>} whether it went well
   */
  async work(errorTitle, call) {
    this.isBusy = true;
    const isDone = await this.attempt(errorTitle, call);
    this.isBusy = false;
    return isDone;
  }

  /** The same without being busy: what a component loads by itself. */
  async attempt(errorTitle, call) {
    this.error = null;
    this.errorTitle = errorTitle;
    try {
      await call();
      return true;
    } catch (error) {
      this.error = error;
      return false;
    }
  }
}
