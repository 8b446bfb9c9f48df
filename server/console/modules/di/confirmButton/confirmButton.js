import { LightningElement, api } from 'lwc';
import { labels } from 'di/labels';

/**
 * A button for what is not easily taken back: it asks once more.
 *
 * @fires ConfirmButton#confirm
 */
export default class ConfirmButton extends LightningElement {
  labels = labels;
  @api label;
  /** What the button is for, where its label alone does not say. */
  @api fullName;
  @api question;
  /** The second button's label, if not the first one's. */
  @api yes;
  @api disabled = false;
  isAsked = true;

  get yesLabel() {
    return this.yes ?? this.label;
  }

  handleAsk() {
    this.isAsked = false;
  }

  handleNo() {
    this.isAsked = true;
  }

  handleYes() {
    this.isAsked = true;
    this.dispatchEvent(new CustomEvent('confirm'));
  }
}
