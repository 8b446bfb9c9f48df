import { api } from 'lwc';
import { Form } from 'di/screen';
import { callAsNobody, signIn } from 'di/api';

/**
 * Whoever was invited, or has forgotten their password, chooses one by a link.
 *
 * @fires ChoosePassword#signedin with the session
 * @fires ChoosePassword#left where the link is not good
 */
export default class ChoosePassword extends Form {
  /** What stands in the link. */
  @api token;

  isReading = true;
  /** Whose link it is; null where it is nobody's. */
  reader = null;

  async connectedCallback() {
    await this.attempt(async () => {
      this.reader = await callAsNobody('POST', '/v1/password-links/read', { token: this.token });
    });
    this.isReading = false;
  }

  async handleSubmit(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { password } = this.draft;
    await this.attempt(async () => {
      const { email } = await callAsNobody('POST', '/v1/password-links/use', { token: this.token, password });
      this.dispatchEvent(new CustomEvent('signedin', { detail: await signIn(email, password) }));
    });
  }

  handleLeave() {
    this.dispatchEvent(new CustomEvent('left'));
  }
}
