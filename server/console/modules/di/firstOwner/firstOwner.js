import { Form } from 'di/screen';
import { callAsNobody, pathOf, signIn } from 'di/api';

/**
 * Makes the first owner of a new installation, by the operator's token.
 *
 * @fires FirstOwner#signedin with the session
 */
export default class FirstOwner extends Form {
  async handleSubmit(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { operatorToken, name, email, password } = this.draft;
    await this.attempt(async () => {
      const user = { name, email, password, role: 'owner' };
      await callAsNobody('POST', pathOf('users'), user, operatorToken.trim());
      this.dispatchEvent(new CustomEvent('signedin', { detail: await signIn(email, password) }));
    });
  }
}
