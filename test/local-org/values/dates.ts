import type { ApexReference } from './object.ts';
import type { TypeRef } from './type-ref.ts';

const DAY = 86_400_000;

export function pad(value: number, length = 2): string {
  const digits = String(Math.abs(value)).padStart(length, '0');
  return value < 0 ? `-${digits}` : digits;
}

/** A Date: days since 1 January 1970. */
export class ApexDate implements ApexReference {
  readonly $type: TypeRef = { kind: 'primitive', name: 'Date' };
  readonly days: number;
  constructor(days: number) {
    this.days = days;
  }

  /** Months from 1; days and months outside their range carry over, as the platform lets them. */
  static of(year: number, month: number, day: number): ApexDate {
    return new ApexDate(Math.floor(Date.UTC(year, month - 1, day) / DAY));
  }

  get utc(): Date {
    return new Date(this.days * DAY);
  }

  /** `2026-11-20`. */
  get iso(): string {
    const { utc } = this;
    return `${pad(utc.getUTCFullYear(), 4)}-${pad(utc.getUTCMonth() + 1)}-${pad(utc.getUTCDate())}`;
  }

  toString(): string {
    return `${this.iso} 00:00:00`;
  }
}

/** A Datetime: milliseconds since 1970 in UTC. */
/** Milliseconds that the time zone of the user who runs is before UTC. */
let localOffset = (_time: number): number => 0;

export function setLocalOffset(offset: (time: number) => number): void {
  localOffset = offset;
}

export class ApexDatetime implements ApexReference {
  readonly $type: TypeRef = { kind: 'primitive', name: 'Datetime' };
  readonly time: number;
  constructor(time: number) {
    this.time = time;
  }

  /** `2026-11-20T10:00:00.000Z`. */
  get iso(): string {
    return new Date(this.time).toISOString();
  }

  /** As String.valueOf prints it, in the time zone of the user who runs: `2026-11-20 10:00:00`. */
  toString(): string {
    const local = new Date(this.time + localOffset(this.time));
    return local.toISOString().slice(0, 19).replace('T', ' ');
  }

  date(): ApexDate {
    return new ApexDate(Math.floor(this.time / DAY));
  }

  /** As a record keeps it: fields have no milliseconds, SystemModstamp among them. (Object Reference, Primitive Data Types: dateTime.) */
  get stored(): ApexDatetime {
    return this.time % 1000 === 0 ? this : new ApexDatetime(Math.floor(this.time / 1000) * 1000);
  }
}

/** A Time: milliseconds since midnight. */
export class ApexTime implements ApexReference {
  readonly $type: TypeRef = { kind: 'primitive', name: 'Time' };
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    this.milliseconds = ((milliseconds % DAY) + DAY) % DAY;
  }

  /** `10:00:00.000Z`. */
  toString(): string {
    return new Date(this.milliseconds).toISOString().slice(11);
  }
}

/** A Blob. */
export class ApexBlob implements ApexReference {
  readonly $type: TypeRef = { kind: 'primitive', name: 'Blob' };
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  toString(): string {
    return `Blob[${this.bytes.length}]`;
  }
}
