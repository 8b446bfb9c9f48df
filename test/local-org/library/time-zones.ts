import { current, isRunning } from '../execution/transaction.ts';
import { setLocalOffset, type ApexDatetime } from '../values/dates.ts';
import { throwNull } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import { zoneName, zoneOffset } from './date-format.ts';
import { addStatics, platformClass } from './registry.ts';

/** A System.TimeZone. An id that is not known is GMT, as it is for Java. */
export class TimeZone extends PlatformObject {
  readonly id: string;
  constructor(id: string) {
    super('System.TimeZone');
    this.id = isKnown(id) ? id : 'GMT';
  }
  get displayName(): string {
    return zoneName(this.id, 'long', 0);
  }
  contentKey(): string {
    return `zone:${this.id}`;
  }
  override toString(): string {
    return this.id;
  }
}

function isKnown(id: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: id }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

setLocalOffset((time) => (isRunning() ? zoneOffset(current().user.timeZone, time) : 0));

platformClass({
  name: 'System.TimeZone',
  statics: { 'getTimeZone/1': (id: string | null) => new TimeZone(id ?? throwNull()) },
  methods: {
    'getID/0': (zone: TimeZone) => zone.id,
    'getDisplayName/0': (zone: TimeZone) => zone.displayName,
    'getOffset/1': (zone: TimeZone, at: ApexDatetime | null) => zoneOffset(zone.id, (at ?? throwNull()).time),
    'toString/0': (zone: TimeZone) => zone.id,
  },
});
addStatics('System.UserInfo', { 'getTimeZone/0': () => new TimeZone(current().user.timeZone) });
