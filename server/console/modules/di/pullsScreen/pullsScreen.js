import Screen from 'di/screen';
import { call, pathOf } from 'di/api';
import { fill, labels, optionsOf } from 'di/labels';
import { formatMoment } from 'di/format';
import { describedFields, fieldOptions } from 'di/orgObjects';
import { linkTo } from 'di/route';
import { scheduleText } from 'di/scheduleFields';

/** Pulls: records fetched from an org by schedule, without the plugin. */
export default class PullsScreen extends Screen {
  pulls = null;
  transfers = [];
  isCreating = false;
  /** Fields of the transfer's object, where a checkbox is chosen from them. */
  described = null;

  async load() {
    const [{ pulls }, { transfers }] = await Promise.all([
      call('GET', pathOf('pulls')),
      call('GET', pathOf('transfers')),
    ]);
    this.pulls = pulls;
    this.transfers = transfers;
    await this.openFirstForm(pulls);
  }

  /** A transfer has one pull. */
  get freeTransfers() {
    const taken = new Set((this.pulls ?? []).map(({ transfer }) => transfer));
    return this.transfers.filter(({ id }) => !taken.has(id));
  }

  get isNewOffered() {
    return !this.isCreating && this.freeTransfers.length > 0 && this.may('transfers:write');
  }

  get isEmpty() {
    return this.pulls?.length === 0 && !this.isCreating;
  }

  get hasRows() {
    return this.pulls?.length > 0;
  }

  get transferOptions() {
    return this.freeTransfers.map(({ id, object, table }) => ({
      value: id,
      label: fill(labels.transfers.into, object, table),
    }));
  }

  get selectionOptions() {
    return optionsOf(labels.pulls.selections);
  }

  get isCheckbox() {
    return this.draft.type === 'checkbox';
  }

  get isQuery() {
    return this.draft.type === 'query';
  }

  get columns() {
    return [
      { name: 'object', label: labels.transfers.object },
      { name: 'table', label: labels.transfers.table },
      { name: 'selectionText', label: labels.pulls.selection },
      { name: 'scheduleText', label: labels.pulls.cron },
      { name: 'next', label: labels.pulls.next },
    ];
  }

  get rows() {
    return this.pulls.map((pull) => ({
      ...pull,
      key: pull.id,
      link: linkTo('pulls', pull.id),
      selectionText: labels.pulls.selections[pull.selection.type],
      scheduleText: scheduleText(pull.schedule),
      next: pull.isEnabled ? formatMoment(pull.nextRunAt) : labels.pulls.onDemand,
    }));
  }

  handleNew() {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    this.draft = {
      transfer: this.freeTransfers[0].id,
      type: 'all',
      schedule: { cron: '0 2 * * *', timeZone },
    };
    this.isCreating = true;
  }

  get checkboxes() {
    return fieldOptions(this.described, { isMeant: ({ type }) => type === 'boolean' });
  }

  get isUnknown() {
    return this.described === null;
  }

  async handlePlace(event) {
    this.handleDraft(event);
    const { connection, object } = this.transfers.find(({ id }) => id === this.draft.transfer);
    if (!this.isCheckbox) return;
    await this.attempt(async () => {
      this.described = await describedFields(connection, object);
    });
  }

  handleSchedule(event) {
    this.changeDraft({ schedule: event.detail });
  }

  handleCancel() {
    this.isCreating = false;
    this.problem = null;
  }

  async handleCreate(event) {
    event.preventDefault();
    if (!this.isFilled()) return;
    const { transfer, type, field, soql, schedule } = this.draft;
    const selection = { type, ...(this.isCheckbox && { field }), ...(this.isQuery && { soql }) };
    await this.attempt(async () => {
      await call('POST', pathOf('pulls'), { transfer, selection, schedule });
      this.isCreating = false;
      await this.load();
    }, labels.pulls.created);
  }
}
