import { LightningElement, api } from 'lwc';
import { errorMessages } from 'c/diErrorMessages';

/** What went wrong, in one look for every screen of the package. Shows nothing while there is no error. */
export default class DiErrorPanel extends LightningElement {
  /** One error or a list of them, as Apex, the UI API or JavaScript throws them. */
  @api errors;

  /** The sentence above the details: what the person wanted that did not work. */
  @api title;

  get messages() {
    return errorMessages(this.errors);
  }

  get hasMessages() {
    return this.messages.length > 0;
  }
}
