import { api } from 'lwc';
import { Form } from 'di/screen';
import { fill, labels, optionsOf } from 'di/labels';

/**
 * Asks why somebody's consent is recorded for them, and what shows that they gave it.
 *
 * @fires GrantForm#granted with the note and the proof
 * @fires GrantForm#left
 */
export default class GrantForm extends Form {
  /** What they agreed to, as it is called. */
  @api name;
  @api disabled = false;
  draft = { how: 'phone' };

  get heading() {
    return fill(labels.consent.grantOf, this.name);
  }

  get howOptions() {
    return optionsOf(labels.consentPages.ways);
  }

  handleGrant() {
    if (!this.isFilled()) return;
    const { how, shown, reason } = this.draft;
    this.dispatchEvent(new CustomEvent('granted', { detail: { note: reason, proof: { how, shown } } }));
  }

  handleLeave() {
    this.dispatchEvent(new CustomEvent('left'));
  }
}
