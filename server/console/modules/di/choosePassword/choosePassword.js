import { api } from 'lwc';
import { Form } from 'di/screen';
import { callAsNobody, ownPathOf, signIn } from 'di/api';

/**
 * Whoever was invited, or has forgotten their password, chooses one by a link.
 *
 * @fires ChoosePassword#signedin with the session
 * @fires ChoosePassword#left where the link is not good
 */
export default class ChoosePassword extends Form {
  shownToken = null;

  /** What stands in the link: another one opened in its place is read as well. */
  @api
  get token() {
    return this.shownToken;
  }

  set token(token) {
    this.shownToken = token;
    this.read();
  }

  isReading = true;
  /** Whose link it is; null where it is nobody's. */
  reader = null;

  async read() {
    const { token } = this;
    this.isReading = true;
    this.reader = null;
    this.problem = null;
    const [reader, problem] = await readLink(token);
    if (this.token !== token) return;
    [this.reader, this.problem, this.isReading] = [reader, problem, false];
  }

  async handleSubmit(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { password } = this.draft;
    await this.attempt(async () => {
      const { email } = await callAsNobody('POST', ownPathOf('password-links', 'use'), {
        token: this.token,
        password,
      });
      this.dispatchEvent(new CustomEvent('signedin', { detail: await signIn(email, password) }));
    });
  }

  handleLeave() {
    this.dispatchEvent(new CustomEvent('left'));
  }
}

/** Whose link it is, or why it is nobody's. */
async function readLink(token) {
  try {
    return [await callAsNobody('POST', ownPathOf('password-links', 'read'), { token }), null];
  } catch (problem) {
    return [null, problem];
  }
}
