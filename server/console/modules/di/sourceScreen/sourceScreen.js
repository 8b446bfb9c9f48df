import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';
import { formatMoment } from 'di/format';
import { go } from 'di/route';
import { endpoint } from 'di/session';

/** Settings that are on or off. */
const CHOICES = ['mapProperties', 'lookUpContacts', 'useContactId', 'allowDuplicates'];

/** A source of events: its write keys, how events become records, and what became of those that came. */
export default class SourceScreen extends Screen {
  source = null;
  /** A write key, right after it was made. */
  writeKey = null;
  endpoint = endpoint();

  /** @returns {readonly ['sources', string]} */
  get path() {
    return ['sources', this.route.params.source];
  }

  async load() {
    this.show(await call('GET', pathOf(...this.path)));
  }

  show(source) {
    this.source = { ...this.source, ...source };
    const { allowedOrigins, ...settings } = source.settings;
    this.draft = { name: source.name, sites: (allowedOrigins ?? []).join('\n'), ...settings };
  }

  get heading() {
    return this.source?.name ?? labels.sources.one;
  }

  get hint() {
    if (!this.source) return '';
    const { project, status } = this.source;
    return `${project} · ${labels.sources.statuses[status]}`;
  }

  get isChangeable() {
    return this.source !== null && this.may('connections:write');
  }

  get isReadOnly() {
    return !this.isChangeable;
  }

  get isSaveDisabled() {
    return this.isBusy || this.isReadOnly;
  }

  get isActive() {
    return this.source.status === 'active';
  }

  get switchLabel() {
    return this.isActive ? labels.sources.pause : labels.sources.resume;
  }

  get heldText() {
    const { reason, until } = this.source.held;
    return fill(labels.sources.held, reason, formatMoment(until));
  }

  get objectOptions() {
    return optionsOf(labels.sources.objects);
  }

  get unknownOptions() {
    return optionsOf(labels.sources.unknownChoices);
  }

  get choices() {
    return CHOICES.map((name) => ({
      name,
      label: labels.sources.choices[name],
      checked: this.draft[name],
    }));
  }

  get keyColumns() {
    return [
      { name: 'keyId', label: labels.connections.keyId },
      { name: 'moment', label: labels.sources.made },
    ];
  }

  get keyRows() {
    const revoke = {
      name: 'revoke',
      label: labels.connections.revoke,
      question: labels.keys.revokeQuestion,
    };
    return this.source.keys.map(({ id, keyId, createdAt }) => ({
      key: id,
      mark: keyId,
      keyId,
      moment: formatMoment(createdAt),
      actions: this.isChangeable ? [revoke] : [],
    }));
  }

  async handleAddKey() {
    await this.attempt(async () => {
      const { writeKey } = await call('POST', pathOf(...this.path, 'keys'));
      this.writeKey = writeKey;
      await this.load();
    });
  }

  async handleRevoke(event) {
    await this.attempt(async () => {
      await call('DELETE', pathOf(...this.path, 'keys', event.detail.key));
      this.writeKey = null;
      await this.load();
    }, labels.keys.revoked);
  }

  async handleSave() {
    if (!this.isFilled()) return;
    const { name, sites, ...settings } = this.draft;
    const origins = sites.split(/\s+/).filter(Boolean);
    const allowedOrigins = origins.length === 0 ? null : origins;
    await this.change({ name, settings: { ...settings, allowedOrigins } }, labels.sources.saved);
  }

  async handleSwitch() {
    const status = this.isActive ? 'paused' : 'active';
    await this.change({ status }, labels.sources.switched[status]);
  }

  async change(body, done) {
    await this.attempt(async () => {
      this.show(await call('PATCH', pathOf(...this.path), body));
    }, done);
  }

  async handleEnd() {
    await this.attempt(async () => {
      await call('DELETE', pathOf(...this.path));
      go('sources');
    }, labels.sources.ended);
  }
}
