import Screen, { tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf, wordsOf } from 'di/labels';
import { language } from 'di/language';
import { formatMoment } from 'di/format';

/** Who may sign in, and as what. */
export default class UsersScreen extends Screen {
  users = null;
  isCreating = false;
  /** Where somebody chooses their password, where no mail has brought it to them. */
  link = null;
  linkLabel = '';
  linkMessage = null;

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
      signedIn: signedInOf(user),
      isLinkOffered: this.isChangeable && !user.isDisabled,
      linkName: fill(labels.users.sendLinkTo, user.email),
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
    const { email, name, role } = this.draft;
    await this.attempt(async () => {
      this.show(email, await call('POST', pathOf('users'), { email, name, role, language }));
      this.isCreating = false;
      await this.load();
    });
  }

  async handleLink(event) {
    const { id } = event.target.dataset;
    const { email } = this.users.find((user) => user.id === id);
    await this.attempt(async () => {
      this.show(email, await call('POST', pathOf('users', id, 'password-link'), { language }));
    });
  }

  /** Says that a mail is on its way, or shows the link that no mail brings. */
  show(email, answer) {
    this.link = answer.link;
    this.linkLabel = fill(labels.users.link, email);
    this.linkMessage = answer.message === null ? null : wordsOf(answer);
    if (answer.link === null) tell(fill(labels.users.mailed, email));
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

function signedInOf({ isDisabled, isInvited, signedInAt }) {
  if (isDisabled) return labels.users.disabled;
  if (isInvited) return labels.users.invited;
  return formatMoment(signedInAt) || labels.never;
}
