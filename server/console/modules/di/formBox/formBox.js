import { LightningElement, api } from 'lwc';
import { labels } from 'di/labels';

/**
 * The frame of a form: its heading, what is filled in, the button that sends it.
 *
 * @slot default
 * @slot actions
 * @fires FormBox#filled where it is sent
 * @fires FormBox#left where it is left
 */
export default class FormBox extends LightningElement {
  labels = labels;
  @api heading;
  @api submitLabel = labels.action.create;
  @api isCancelOffered = false;
  @api disabled = false;

  handleSubmit(event) {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('filled'));
  }

  handleCancel() {
    this.dispatchEvent(new CustomEvent('left'));
  }
}
