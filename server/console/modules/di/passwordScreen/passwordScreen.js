import Screen from 'di/screen';
import { call, ownPathOf } from 'di/api';
import { labels } from 'di/labels';

/** Whoever is signed in changes their own password. */
export default class PasswordScreen extends Screen {
  async load() {
    // There is nothing to be shown.
  }

  async handleSubmit() {
    if (!this.isFilled()) return;
    const { oldPassword, newPassword } = this.draft;
    const isDone = await this.attempt(
      () => call('PUT', ownPathOf('sessions', 'current', 'password'), { oldPassword, newPassword }),
      labels.password.changed,
    );
    if (!isDone) return;
    this.draft = {};
    for (const input of this.template.querySelectorAll('.form-input')) input.value = '';
  }
}
