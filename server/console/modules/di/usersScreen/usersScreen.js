import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';
import { formatMoment } from 'di/format';

/** Who may sign in, and as what. */
export default class UsersScreen extends Screen {
  users = null;
  isCreating = false;

  async load() {
    const { users } = await call('GET', pathOf('users'));
    this.users = users;
  }

  get isChangeable() {
    return this.may('access:write');
  }

  get isNewOffered() {
    return !this.isCreating && this.isChangeable;
  }

  get isEmpty() {
    return this.users?.length === 0 && !this.isCreating;
  }

  get hasRows() {
    return this.users?.length > 0;
  }

  get roleOptions() {
    return optionsOf(labels.users.roles);
  }

  get rows() {
    return this.users.map((user) => ({
      ...user,
      roleText: labels.users.roles[user.role],
      roleLabel: fill(labels.users.roleOf, user.email),
      signedIn: user.isDisabled ? labels.users.disabled : formatMoment(user.signedInAt) || labels.never,
      ableLabel: user.isDisabled ? labels.users.enable : labels.users.disable,
      ableName: fill(user.isDisabled ? labels.users.enableOf : labels.users.disableOf, user.email),
      disableNext: String(!user.isDisabled),
    }));
  }

  handleNew() {
    this.draft = { role: 'administrator' };
    this.isCreating = true;
  }

  handleCancel() {
    this.isCreating = false;
    this.problem = null;
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { email, name, role, password } = this.draft;
    await this.attempt(
      async () => {
        await call('POST', pathOf('users'), { email, name, role, password });
        this.isCreating = false;
        await this.load();
      },
      fill(labels.users.created, email),
    );
  }

  async handleRole(event) {
    const { id } = event.target.dataset;
    await this.change(id, { role: event.detail.value });
  }

  async handleAble(event) {
    const { id, disable } = event.target.dataset;
    await this.change(id, { isDisabled: disable === 'true' });
  }

  async change(id, change) {
    await this.attempt(() => call('PATCH', pathOf('users', id), change), labels.users.changed);
    // Also where it was refused: the screen shows what is so.
    await this.reload();
  }
}
