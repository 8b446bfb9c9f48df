import Screen, { tell } from 'di/screen';
import { asking, call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';
import { formatMoment } from 'di/format';
import { linkTo } from 'di/route';

/** Where what has stopped is mended. */
const PLACES = {
  'integration-stopped': 'integrations',
  'deliveries-dead': 'deliveries',
  'pull-failed': 'pulls',
  'batches-refused': 'health',
  'events-failed': 'sources',
  'actions-failed': 'recordActions',
  'plugin-silent': 'health',
};

/** What has stopped, since when and what to do; and who is told of it. */
export default class AlertsScreen extends Screen {
  channels = null;
  incidents = [];
  status = 'open';
  isCreating = false;
  /** The secret of a webhook, right after it was made. */
  secret = null;

  async load() {
    const { lang } = document.documentElement;
    const query = { status: this.status, language: lang };
    const [{ channels }, { incidents }] = await Promise.all([
      call('GET', pathOf('alert-channels')),
      call('GET', asking(pathOf('incidents'), query)),
    ]);
    this.incidents = incidents;
    this.channels = channels;
    await this.openFirstForm(channels);
  }

  get isChangeable() {
    return this.may('connections:write');
  }

  get isNewOffered() {
    return !this.isCreating && this.isChangeable;
  }

  get kindOptions() {
    return optionsOf(labels.alerts.kinds);
  }

  get languageOptions() {
    return optionsOf(labels.alerts.languages);
  }

  get statusOptions() {
    return optionsOf(labels.alerts.incidentStatuses);
  }

  get placeholder() {
    return this.draft.kind === 'webhook' ? 'https://hooks.example.com/di' : 'admin@example.com';
  }

  get nothingText() {
    return this.status === 'open' ? labels.alerts.nothingOpen : labels.alerts.nothingClosed;
  }

  get incidentColumns() {
    return [
      { name: 'what', label: labels.alerts.stopped },
      { name: 'connectionName', label: labels.connections.one },
      { name: 'since', label: labels.alerts.since },
      { name: 'message', label: labels.deliveries.reason },
      { name: 'action', label: labels.alerts.action },
    ];
  }

  get incidentRows() {
    return this.incidents.map((incident) => ({
      ...incident,
      key: incident.id,
      mark: incident.kind,
      link:
        incident.kind in PLACES ? linkTo(PLACES[incident.kind]) : linkTo('connections', incident.connection),
      what: incident.subject === null ? incident.stopped : `${incident.stopped} (${incident.subject})`,
      since: incident.closedAt
        ? fill(labels.alerts.until, formatMoment(incident.openedAt), formatMoment(incident.closedAt))
        : formatMoment(incident.openedAt),
      message:
        incident.undelivered > 0
          ? `${incident.message} ${fill(labels.alerts.undelivered, incident.undelivered)}`
          : incident.message,
    }));
  }

  get channelColumns() {
    return [
      { name: 'address', label: labels.alerts.address },
      { name: 'kindText', label: labels.alerts.kind },
      { name: 'languageText', label: labels.alerts.language },
      { name: 'statusText', label: labels.status },
      { name: 'toldText', label: labels.alerts.told },
    ];
  }

  get channelRows() {
    return this.channels.map((channel) => ({
      ...channel,
      key: channel.id,
      mark: channel.kind,
      kindText: labels.alerts.kinds[channel.kind],
      languageText: labels.alerts.languages[channel.language],
      statusText: statusOf(channel),
      toldText: formatMoment(channel.toldAt) || labels.never,
      actions: this.isChangeable ? actionsOf(channel) : [],
    }));
  }

  handleNew() {
    this.draft = { kind: 'email', address: '', language: document.documentElement.lang };
    this.secret = null;
    this.isCreating = true;
  }

  handleLeave() {
    this.isCreating = false;
    this.problem = null;
  }

  async handleStatus(event) {
    this.status = event.detail.value;
    await this.reload();
  }

  async handleCreate() {
    if (!this.isFilled()) return;
    const { kind, language } = this.draft;
    const address = this.draft.address.trim();
    await this.attempt(
      async () => {
        const { secret } = await call('POST', pathOf('alert-channels'), { kind, address, language });
        this.secret = secret;
        this.isCreating = false;
        await this.load();
      },
      fill(labels.alerts.created, address),
    );
  }

  async carryOut(name, key) {
    const path = /** @type {const} */ (['alert-channels', key]);
    if (name === 'test') await call('POST', pathOf(...path, 'test'));
    else if (name === 'secret') this.secret = (await call('POST', pathOf(...path, 'secret'))).secret;
    else if (name === 'remove') await call('DELETE', pathOf(...path));
    else await call('PATCH', pathOf(...path), { isActive: name === 'on' });
  }

  async handleAction(event) {
    const { key, name } = event.detail;
    const { address } = this.channels.find(({ id }) => id === key);
    this.secret = null;
    await this.attempt(async () => {
      await this.carryOut(name, key);
      tell(fill(labels.alerts.done[name], address));
    });
    // A test that does not arrive is noted with the channel.
    await this.reload();
  }
}

function actionsOf({ kind, isActive }) {
  const switched = isActive
    ? { name: 'off', label: labels.alerts.off }
    : { name: 'on', label: labels.alerts.on };
  const renewed = {
    name: 'secret',
    label: labels.connections.rotate,
    question: labels.alerts.secretQuestion,
  };
  return [
    { name: 'test', label: labels.alerts.test },
    switched,
    ...(kind === 'webhook' ? [renewed] : []),
    { name: 'remove', label: labels.action.remove, question: labels.alerts.removeQuestion },
  ];
}

function statusOf({ isActive, lastError }) {
  if (!isActive) return labels.alerts.isOff;
  return lastError === null ? labels.alerts.isOn : fill(labels.alerts.failed, lastError);
}
