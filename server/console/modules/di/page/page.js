import { LightningElement, api } from 'lwc';
import { labels } from 'di/labels';

/**
 * The frame of a screen: its heading, what can be done, that it is loading, what went wrong.
 *
 * @slot actions
 * @fires Page#retry
 */
export default class Page extends LightningElement {
  labels = labels;
  @api heading;
  @api hint;
  @api backLabel;
  @api backLink;
  @api isLoading = false;
  @api loadError;
  @api problem;

  renderedCallback() {
    document.title = `${this.heading} | DI Connect`;
  }

  handleRetry() {
    this.dispatchEvent(new CustomEvent('retry'));
  }
}
