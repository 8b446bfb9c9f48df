import Screen from 'di/screen';
import { call, ownPathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { language } from 'di/language';
import { passwords, signOnName, user } from 'di/session';

/** Whoever is signed in changes their own password. */
export default class PasswordScreen extends Screen {
  async load() {
    // There is nothing to be shown.
  }

  /** Passwords are not for them: they sign in by the identity provider. */
  get isSignOnOnly() {
    return passwords() === 'nobody' || (passwords() === 'owners' && user().role !== 'owner');
  }

  get signOnHint() {
    return fill(labels.password.bySignOn, signOnName());
  }

  async handleSubmit() {
    if (!this.isFilled()) return;
    const { oldPassword, newPassword } = this.draft;
    const isDone = await this.attempt(
      () => call('PUT', ownPathOf('sessions', 'current', 'password'), { oldPassword, newPassword, language }),
      labels.password.changed,
    );
    if (!isDone) return;
    this.draft = {};
    for (const input of this.template.querySelectorAll('.form-input')) input.value = '';
  }
}
