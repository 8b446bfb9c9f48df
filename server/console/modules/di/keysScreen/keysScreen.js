import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels } from 'di/labels';
import { formatMoment } from 'di/format';
import { user } from 'di/session';

const DAY = 86_400_000;

/** Keys for programs, each with what it may do. */
export default class KeysScreen extends Screen {
  keys = null;
  isCreating = false;
  keptAs = 'new API key';
  /** The token of a key that was made just now. */
  token = null;

  async load() {
    const { keys } = await call('GET', pathOf('api-keys'));
    this.keys = keys;
    await this.openFirstForm(this.keys);
  }

  get isNewOffered() {
    return !this.isCreating && this.may('access:write');
  }

  get isEmpty() {
    return this.keys?.length === 0 && !this.isCreating;
  }

  get hasRows() {
    return this.keys?.length > 0;
  }

  /** Nobody can give what they do not have. */
  get scopeOptions() {
    return user().scopes.map((value) => ({ value, label: value }));
  }

  get columns() {
    return [
      { name: 'name', label: labels.name },
      { name: 'scopesText', label: labels.keys.scopes },
      { name: 'expires', label: labels.keys.expires },
      { name: 'used', label: labels.keys.used },
    ];
  }

  get rows() {
    const revoke = {
      name: 'revoke',
      label: labels.connections.revoke,
      question: labels.keys.revokeQuestion,
    };
    return this.keys.map((key) => ({
      ...{ key: key.id, name: key.name },
      scopesText: key.scopes.join(', '),
      expires: key.revokedAt
        ? labels.connections.revoked
        : formatMoment(key.expiresAt) || labels.keys.forever,
      used: formatMoment(key.usedAt) || labels.never,
      actions: key.revokedAt === null && this.may('access:write') ? [revoke] : [],
    }));
  }

  handleNew() {
    this.beginDraft({ scopes: [] });
    this.token = null;
    this.isCreating = true;
  }

  handleCancel() {
    this.isCreating = false;
    this.endDraft();
    this.problem = null;
  }

  async handleCreate() {
    if (!this.isFilled()) return;
    const { name, days, scopes } = this.draft;
    const expiresAt = days ? new Date(Date.now() + Number(days) * DAY).toISOString() : null;
    await this.attempt(
      async () => {
        const { token } = await call('POST', pathOf('api-keys'), {
          name,
          scopes: [...scopes],
          expiresAt,
        });
        this.token = token;
        this.isCreating = false;
        this.endDraft();
        await this.load();
      },
      fill(labels.keys.created, name),
    );
  }

  async handleRevoke(event) {
    const { key: id } = event.detail;
    await this.attempt(async () => {
      await call('DELETE', pathOf('api-keys', id));
      await this.load();
    }, labels.keys.revoked);
  }
}
