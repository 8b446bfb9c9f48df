import { api } from 'lwc';
import { Form } from 'di/screen';
import { fill, labels, optionsOf } from 'di/labels';

/** Schedules that are said in words, by the days of a cron expression; `hourly` has no time. */
const DAYS = { daily: '* * *', weekdays: '* * 1-5', weekly: '* * 1' };
const HOURLY = '0 * * * *';

/** Full hours of a day. */
const TIMES = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`);

/** What a cron expression says in words: `{ every, time }`; `other` where it says more than that. */
function read(cron) {
  if (cron === HOURLY) return { every: 'hourly', time: '02:00' };
  const [minute, hour, ...days] = cron.split(/\s+/);
  const every = Object.keys(DAYS).find((name) => DAYS[name] === days.join(' '));
  const time = `${hour.padStart(2, '0')}:00`;
  if (every === undefined || minute !== '0' || !TIMES.includes(time))
    return { every: 'other', time: '02:00' };
  return { every, time };
}

function write(every, time) {
  if (every === 'hourly') return HOURLY;
  return `0 ${Number(time.slice(0, 2))} ${DAYS[every]}`;
}

/** A schedule, in words where it can be said in few. */
export function scheduleText({ cron, timeZone }) {
  const { every, time } = read(cron);
  if (every === 'other') return `${cron} (${timeZone})`;
  return fill(labels.schedule.texts[every], time, timeZone);
}

/**
 * When something is done again and again: how often, at what time, in which time zone.
 *
 * @fires ScheduleFields#scheduled with `{ cron, timeZone }`
 */
export default class ScheduleFields extends Form {
  @api isDisabled = false;
  cron = '0 2 * * *';
  timeZone = 'UTC';
  every = 'daily';
  time = '02:00';
  times = TIMES.map((value) => ({ value, label: value }));
  zones = Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value.replaceAll('_', ' ') }));

  /** As the API takes it. */
  @api
  get schedule() {
    return { cron: this.cron, timeZone: this.timeZone };
  }
  set schedule(schedule) {
    if (!schedule || (schedule.cron === this.cron && schedule.timeZone === this.timeZone)) return;
    this.cron = schedule.cron;
    this.timeZone = schedule.timeZone;
    const { every, time } = read(schedule.cron);
    // Who is writing an expression is not taken out of it once it says something simple.
    if (this.every !== 'other') this.every = every;
    this.time = time;
  }

  @api
  reportValidity() {
    return this.isFilled();
  }

  get everyOptions() {
    return optionsOf(labels.schedule.kinds);
  }

  get hasTime() {
    return this.every in DAYS;
  }

  get isOther() {
    return this.every === 'other';
  }

  handleEvery(event) {
    this.every = event.detail.value;
    if (!this.isOther) this.tell({ cron: write(this.every, this.time) });
  }

  handleTime(event) {
    this.time = event.detail.value;
    this.tell({ cron: write(this.every, this.time) });
  }

  handleCron(event) {
    this.tell({ cron: event.detail.value });
  }

  handleZone(event) {
    this.tell({ timeZone: event.detail.value });
  }

  tell(change) {
    const schedule = { cron: this.cron, timeZone: this.timeZone, ...change };
    this.cron = schedule.cron;
    this.timeZone = schedule.timeZone;
    this.dispatchEvent(new CustomEvent('scheduled', { detail: schedule }));
  }
}
