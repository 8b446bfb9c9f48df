import Screen, { tell } from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf, wordsOf } from 'di/labels';
import { language } from 'di/language';
import { formatMoment } from 'di/format';

/** Who may sign in, and as what. */
export default class UsersScreen extends Screen {
  users = null;
  isCreating = false;
  keptAs = 'new user';
  /** Where somebody chooses their password, where no mail has brought it to them. */
  link = null;
  linkLabel = '';
  linkMessage = null;

  async load() {
    const { users } = await call('GET', pathOf('users'));
    this.users = users;
    await this.openFirstForm(this.users);
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

  get columns() {
    return [
      { name: 'email', label: labels.signIn.email },
      { name: 'name', label: labels.name },
      { name: 'role', label: labels.users.role, kind: 'choice', isFilter: true },
      { name: 'status', label: labels.status, kind: 'status', isFilter: true },
      { name: 'signedIn', label: labels.users.signedIn },
    ];
  }

  get rows() {
    return this.users.map((user) => ({
      ...user,
      key: user.id,
      role: {
        text: labels.users.roles[user.role],
        value: user.role,
        options: this.isChangeable ? this.roleOptions : null,
        label: fill(labels.users.roleOf, user.email),
      },
      status: statusOf(user),
      signedIn: formatMoment(user.signedInAt) || labels.never,
      actions: this.isChangeable ? actionsOn(user) : [],
    }));
  }

  handleNew() {
    this.beginDraft({ role: 'administrator' });
    this.isCreating = true;
  }

  handleCancel() {
    this.isCreating = false;
    this.endDraft();
    this.problem = null;
  }

  async handleCreate() {
    if (!this.isFilled()) return;
    const { email, name, role } = this.draft;
    await this.attempt(async () => {
      this.show(email, await call('POST', pathOf('users'), { email, name, role, language }));
      this.isCreating = false;
      this.endDraft();
      await this.load();
    });
  }

  async handleAct(event) {
    const { key, name } = event.detail;
    if (name === 'link') await this.sendLink(key);
    else if (name === 'forgetSignOn') await this.forgetSignOn(key);
    else await this.change(key, { isDisabled: name === 'disable' });
  }

  async sendLink(id) {
    const { email } = this.users.find((user) => user.id === id);
    await this.attempt(async () => {
      this.show(email, await call('POST', pathOf('users', id, 'password-link'), { language }));
    });
  }

  async forgetSignOn(id) {
    await this.attempt(() => call('DELETE', pathOf('users', id, 'sign-on')), labels.users.changed);
    await this.reload();
  }

  /** Says that a mail is on its way, or shows the link that no mail brings. */
  show(email, answer) {
    this.link = answer.link;
    this.linkLabel = fill(labels.users.link, email);
    this.linkMessage = answer.message === null ? null : wordsOf(answer);
    if (answer.link === null) tell(fill(labels.users.mailed, email));
  }

  async handleRole(event) {
    const { key, value } = event.detail;
    await this.change(key, { role: value });
  }

  async change(id, change) {
    await this.attempt(() => call('PATCH', pathOf('users', id), change), labels.users.changed);
    // Also where it was refused: the screen shows what is so.
    await this.reload();
  }
}

function statusOf({ isDisabled, isInvited }) {
  if (isDisabled) return { text: labels.users.disabled, level: 'off' };
  if (isInvited) return { text: labels.users.invited, level: 'warning' };
  return { text: labels.users.enabled, level: 'good' };
}

function actionsOn({ isDisabled, hasSignOn }) {
  if (isDisabled) return [{ name: 'enable', label: labels.users.enable }];
  const { forgetSignOn: label, forgetSignOnQuestion: question } = labels.users;
  return [
    ...(hasSignOn ? [{ name: 'forgetSignOn', label, question }] : []),
    { name: 'link', label: labels.users.sendLink },
    { name: 'disable', label: labels.users.disable, question: labels.users.disableQuestion },
  ];
}
