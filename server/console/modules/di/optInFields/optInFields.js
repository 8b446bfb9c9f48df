import { LightningElement, api } from 'lwc';
import { fill, labels, optionsOf } from 'di/labels';
import { fieldOptions } from 'di/orgObjects';

/**
 * Opt-ins, and that somebody wants no mail at all, beside the checkboxes of the object that say so.
 *
 * @fires OptInFields#mapped with the entries
 */
export default class OptInFields extends LightningElement {
  labels = labels;
  /** Opt-ins of the project, that are not archived. */
  @api optIns = [];
  /** Fields as di/orgObjects answers them; null where nobody has described the object. */
  @api described = null;
  /** Entries as the API takes them. */
  @api entries = [];
  @api isDisabled = false;

  get isUnknown() {
    return this.described === null;
  }

  get options() {
    const isMeant = ({ type, isUpdatable }) => type === 'boolean' && isUpdatable !== false;
    const none = { value: '', label: labels.transfers.notMapped, detail: '' };
    return [none, ...fieldOptions(this.described, { isMeant })];
  }

  get optInsOptions() {
    return optionsOf(labels.integrations.optIns);
  }

  get rows() {
    return [...this.optIns, { code: '', name: '' }].map(({ code, name }) => {
      const entry = this.entries.find((each) => (each.optIn ?? '') === code);
      const isOfAll = code === '';
      const shown = isOfAll ? labels.integrations.noEmailAtAll : fill(labels.integrations.optIn, name);
      return {
        key: `opt-in ${code}`,
        code,
        name: shown,
        fieldLabel: fill(labels.transfers.fieldFor, shown),
        field: entry?.field ?? '',
        isChosen: isOfAll && entry !== undefined,
        optIns: entry?.optIns,
        hint: isOfAll && entry ? labels.integrations.clears[entry.goesBack ?? false] : '',
      };
    });
  }

  handleOptIns(event) {
    const optIns = event.detail.value;
    this.tell(this.entries.map((entry) => (entry.optIn === null ? { ...entry, optIns } : entry)));
  }

  handleField(event) {
    const { name: code } = event.target.dataset;
    const field = event.detail.value;
    const optIn = code === '' ? null : code;
    const former = this.entries.find((entry) => entry.optIn === optIn);
    const others = this.entries.filter((entry) => entry.optIn !== optIn);
    const blank = optIn === null ? { trueWhen: 'withdrawn', optIns: 'all' } : { trueWhen: 'granted' };
    this.tell(field === '' ? others : [...others, { optIn, ...blank, ...former, field }]);
  }

  tell(entries) {
    this.dispatchEvent(new CustomEvent('mapped', { detail: entries }));
  }
}
