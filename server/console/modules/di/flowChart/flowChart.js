import { LightningElement, api } from 'lwc';
import { formatNumber, formatTime } from 'di/format';
import { fill, labels } from 'di/labels';

const HEIGHT = 100;
/** A single record among thousands is still seen. */
const LEAST = 1.5;
/** Hours between two marks of the axis: few enough for a phone. */
const MARK_HOURS = 6;
/** Both ways stand beside each other: what came to nothing upon what went well. */
const WAYS = [
  ['applied', 'rejected'],
  ['sent', 'failed'],
];

/** What moved in each hour of the last day, from Salesforce and to it, by one scale. */
export default class FlowChart extends LightningElement {
  /** `[{ at, applied, rejected, sent, failed }]`, oldest first. */
  @api hours = [];

  get series() {
    return WAYS.flat().map((name) => ({
      name,
      label: labels.home.series[name],
      total: formatNumber(this.total(name)),
      swatchClass: `swatch ${name}`,
    }));
  }

  total(name) {
    return this.hours.reduce((sum, hour) => sum + hour[name], 0);
  }

  /** The end of the scale: the next number of which a quarter is whole. */
  get top() {
    const most = Math.max(
      4,
      ...this.hours.flatMap((hour) => WAYS.map(([well, ill]) => hour[well] + hour[ill])),
    );
    const size = 10 ** Math.floor(Math.log10(most / 4));
    return [4, 8, 12, 20, 40].map((step) => step * size).find((end) => end >= most);
  }

  /** From the top down. */
  get ticks() {
    return [4, 3, 2, 1, 0].map((step) => {
      const value = (this.top * step) / 4;
      return { value, y: HEIGHT - step * 25, text: formatNumber(value) };
    });
  }

  get bars() {
    const scale = (count) => (count === 0 ? 0 : Math.max(LEAST, (count / this.top) * HEIGHT));
    return this.hours.map((hour, index) => ({
      at: hour.at,
      x: index * 10,
      parts: WAYS.flatMap(([well, ill], way) => {
        const x = index * 10 + 1 + way * 4;
        const [good, bad] = [scale(hour[well]), scale(hour[ill])];
        return [
          { name: well, x, y: HEIGHT - good, height: good },
          { name: ill, x, y: HEIGHT - good - bad, height: bad },
        ];
      }),
      text: fill(
        labels.home.hour,
        formatTime(hour.at),
        ...WAYS.flat().map((name) => formatNumber(hour[name])),
      ),
    }));
  }

  /** The last hour is the present one. */
  get marks() {
    const last = this.hours.length - 1;
    return this.hours.flatMap(({ at }, index) => {
      if ((last - index) % MARK_HOURS !== 0) return [];
      return [{ at, text: index === last ? labels.health.now : formatTime(at) }];
    });
  }

  get summary() {
    return fill(labels.home.chart, ...WAYS.flat().map((name) => formatNumber(this.total(name))));
  }
}
