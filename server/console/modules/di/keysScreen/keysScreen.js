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
  scopes = [];
  /** The token of a key that was made just now. */
  token = null;

  async load() {
    const { keys } = await call('GET', pathOf('api-keys'));
    this.keys = keys;
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

  get rows() {
    return this.keys.map((key) => ({
      ...key,
      scopesText: key.scopes.join(', '),
      expires: key.revokedAt
        ? labels.connections.revoked
        : formatMoment(key.expiresAt) || labels.keys.forever,
      used: formatMoment(key.usedAt) || labels.never,
      isRevocable: key.revokedAt === null && this.may('access:write'),
      revokeName: fill(labels.keys.revokeOf, key.name),
    }));
  }

  handleNew() {
    this.draft = {};
    this.scopes = [];
    this.token = null;
    this.isCreating = true;
  }

  handleCancel() {
    this.isCreating = false;
    this.problem = null;
  }

  handleScopes(event) {
    this.scopes = event.detail.value;
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { name, days } = this.draft;
    const expiresAt = days ? new Date(Date.now() + Number(days) * DAY).toISOString() : null;
    await this.attempt(
      async () => {
        const { token } = await call('POST', pathOf('api-keys'), {
          name,
          scopes: [...this.scopes],
          expiresAt,
        });
        this.token = token;
        this.isCreating = false;
        await this.load();
      },
      fill(labels.keys.created, name),
    );
  }

  async handleRevoke(event) {
    const { id } = event.target.dataset;
    await this.attempt(async () => {
      await call('DELETE', pathOf('api-keys', id));
      await this.load();
    }, labels.keys.revoked);
  }
}
