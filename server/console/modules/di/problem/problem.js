import { LightningElement, api } from 'lwc';
import { labels, wordsOf } from 'di/labels';

/**
 * What went wrong, in one look for every screen. Shows nothing while there is no error.
 *
 * @fires Problem#retry
 */
export default class Problem extends LightningElement {
  labels = labels;
  /** What a call or a screen threw. */
  @api error;
  /** What was wanted that did not work. */
  @api title;
  @api isRetryOffered = false;

  get message() {
    return this.error?.message ?? '';
  }

  get code() {
    return this.error?.code ?? '';
  }

  /** What the message does not say already. */
  get reasons() {
    const { misfits = [], faults = [] } = this.error?.problem ?? {};
    return [...misfits, ...faults].map(wordsOf).filter((reason) => !this.message.includes(reason));
  }

  get hasReasons() {
    return this.reasons.length > 0;
  }

  handleRetry() {
    this.dispatchEvent(new CustomEvent('retry'));
  }
}
