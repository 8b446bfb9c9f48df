import { api } from 'lwc';
import { Form } from 'di/screen';
import { signIn } from 'di/api';

/**
 * Asks who it is.
 *
 * @fires SignIn#signedin with the session
 */
export default class SignIn extends Form {
  /** A session was there and is over. */
  @api isExpired = false;

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
