import { LightningElement, api } from 'lwc';
import { counted, formatInstant } from 'di/format';
import { labels } from 'di/labels';
import { stepsOf } from './steps.js';

/** Steps that are shown at once; the others are asked for. */
const SHOWN = 50;

/** What has become of a row, both ways, the latest first: everything that is kept, each step with its time. */
export default class RowTimeline extends LightningElement {
  labels = labels;
  /** What the API knows of the row: `{ history, deliveries, conflicts, records, rivals, acts }`. */
  @api known;
  isWhole = false;

  get steps() {
    return stepsOf(this.known);
  }

  get isEmpty() {
    return this.steps.length === 0;
  }

  get isCut() {
    return !this.isWhole && this.steps.length > SHOWN;
  }

  get shown() {
    const steps = this.isWhole ? this.steps : this.steps.slice(0, SHOWN);
    return steps.map((step) => ({ ...step, moment: formatInstant(step.at) }));
  }

  get allLabel() {
    return counted(labels.record.showAll, this.steps.length);
  }

  handleAll() {
    this.isWhole = true;
  }
}
