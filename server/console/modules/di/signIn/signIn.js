import { api } from 'lwc';
import { Form } from 'di/screen';
import { beginSignOn, callAsNobody, ownPathOf, signIn } from 'di/api';
import { fill, labels } from 'di/labels';
import { language } from 'di/language';
import { isMailSent, passwords, signOnName } from 'di/session';

/**
 * Asks who it is.
 *
 * @fires SignIn#signedin with the session
 */
export default class SignIn extends Form {
  /** A session was there and is over. */
  @api isExpired = false;

  /** Why a sign-on by the identity provider let nobody in, as the address says; null where none was tried. */
  @api refusal = null;

  /** A link was asked for. */
  isAsked = false;

  get isMailSent() {
    return isMailSent();
  }

  get isSignOnOffered() {
    return signOnName() !== null;
  }

  get actionClass() {
    const kind = this.isSignOnOffered ? 'slds-button_neutral' : 'slds-button_brand';
    return `slds-button ${kind} slds-button_stretch`;
  }

  get signOnLabel() {
    return fill(labels.signIn.by, signOnName());
  }

  get isPasswordOffered() {
    return passwords() !== 'nobody';
  }

  get refusalText() {
    const { refusals } = labels.signIn;
    return refusals[this.refusal] ?? refusals.failed;
  }

  async handleSignOn() {
    await this.attempt(async () => {
      const isPlace = this.refusal === null;
      window.location.assign(await beginSignOn(isPlace ? window.location.hash : ''));
    });
  }

  /** Has a link mailed to the address that stands in the form. */
  async handleForgotten() {
    const input = this.template.querySelector('[data-input="email"]');
    if (!input.reportValidity()) return;
    this.isAsked = await this.attempt(() =>
      callAsNobody('POST', ownPathOf('password-resets'), { email: input.value, language }),
    );
  }

  async handleSubmit(event) {
    event.preventDefault();
    // Browsers fill in passwords without a word to anybody: what the inputs hold counts.
    const [email, password] = ['email', 'password'].map(
      (name) => this.template.querySelector(`[data-input="${name}"]`).value ?? '',
    );
    if (!this.isFilled()) return;
    await this.attempt(async () => {
      const session = await signIn(email, password);
      this.dispatchEvent(new CustomEvent('signedin', { detail: session }));
    });
  }
}
