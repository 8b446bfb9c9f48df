import { LightningElement, api } from 'lwc';
import error from '@salesforce/label/c.Severity_Error';
import warning from '@salesforce/label/c.Severity_Warning';

const SPOKEN = { error, warning };

/** A sentence with its weight: an icon, a title and, in the slot, more. Said to a screen reader by whoever holds it. */
export default class DiNotice extends LightningElement {
  /** `info`, `success`, `warning` or `error`. */
  @api variant = 'info';

  /** The sentence. */
  @api title;

  get icon() {
    return `utility:${this.variant}`;
  }

  get iconVariant() {
    return this.variant === 'info' ? undefined : this.variant;
  }

  get spoken() {
    return SPOKEN[this.variant];
  }
}
