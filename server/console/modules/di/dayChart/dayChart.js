import { LightningElement, api } from 'lwc';
import { fill, labels } from 'di/labels';
import { formatNumber, formatTime } from 'di/format';

const HEIGHT = 58;
/** A single record among thousands is still seen. */
const LEAST = 1.5;

/** Records of the last day, an hour a bar: stored in blue, rejected in red. */
export default class DayChart extends LightningElement {
  /** `[{ at, applied, rejected }]`, oldest first. */
  @api hours = [];

  get most() {
    return Math.max(1, ...this.hours.map(({ applied, rejected }) => applied + rejected));
  }

  get bars() {
    const scale = (count) => (count === 0 ? 0 : Math.max(LEAST, (count / this.most) * (HEIGHT - LEAST)));
    return this.hours.map(({ at, applied, rejected }, index) => {
      const appliedHeight = scale(applied);
      const rejectedHeight = scale(rejected);
      return {
        at,
        x: index * 10,
        left: index * 10 + 1,
        appliedHeight,
        appliedY: 59 - appliedHeight,
        rejectedHeight,
        rejectedY: 59 - appliedHeight - rejectedHeight,
        text: fill(labels.health.hour, formatTime(at), formatNumber(applied), formatNumber(rejected)),
      };
    });
  }

  get summary() {
    const sum = (name) => formatNumber(this.hours.reduce((total, hour) => total + hour[name], 0));
    return fill(labels.health.chart, sum('applied'), sum('rejected'));
  }

  get first() {
    return this.hours.length > 0 ? formatTime(this.hours[0].at) : '';
  }

  get last() {
    return labels.health.now;
  }
}
