import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';

const NO_COLUMN = '';

/**
 * How columns of a file that speak of opt-ins are read: which values mean yes and no, and which column tells when.
 *
 * @fires ConsentColumns#changed with the columns, as the settings of an import hold them
 */
export default class ConsentColumns extends LightningElement {
  labels = labels;
  /** `{ heading, optIn, grantedWhen, withdrawnWhen, date }`, the last three only where they were chosen. */
  @api consents = [];
  /** Opt-ins of the project. */
  @api optIns = [];
  /** Of the file. */
  @api headings = [];
  @api isDisabled = false;

  get columns() {
    return this.consents.map(({ heading, optIn, grantedWhen, withdrawnWhen, date }) => ({
      heading,
      optIn,
      legend: fill(labels.importConsent.from, this.nameOf(optIn), heading),
      granted: textOf(grantedWhen),
      withdrawn: textOf(withdrawnWhen),
      date: date ?? NO_COLUMN,
    }));
  }

  get dateOptions() {
    return [
      { value: NO_COLUMN, label: labels.importConsent.now },
      ...this.headings.map((value) => ({ value, label: value })),
    ];
  }

  nameOf(optIn) {
    return this.optIns.find(({ code }) => code === optIn)?.name ?? optIn;
  }

  handleWords(event) {
    const { name, value } = event.target;
    const words = value
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean);
    this.change(event.target.dataset.heading, name, words.length > 0 ? words : undefined);
  }

  handleDate(event) {
    const { value } = event.detail;
    this.change(event.target.dataset.heading, 'date', value === NO_COLUMN ? undefined : value);
  }

  /** What is undefined stays out of the JSON: then what is usual counts. */
  change(heading, name, value) {
    const changed = this.consents.map((each) => {
      return each.heading === heading ? { ...each, [name]: value } : each;
    });
    this.dispatchEvent(new CustomEvent('changed', { detail: changed }));
  }
}

function textOf(words = []) {
  return words.join(', ');
}
