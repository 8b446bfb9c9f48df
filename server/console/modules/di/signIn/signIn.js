import { api } from 'lwc';
import { Form } from 'di/screen';
import { callAsNobody, ownPathOf, signIn } from 'di/api';
import { language } from 'di/language';
import { isMailSent } from 'di/session';

/**
 * Asks who it is.
 *
 * @fires SignIn#signedin with the session
 */
export default class SignIn extends Form {
  /** A session was there and is over. */
  @api isExpired = false;

  /** A link was asked for. */
  isAsked = false;

  get isMailSent() {
    return isMailSent();
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
