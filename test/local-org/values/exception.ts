import type { ApexReference, ApexValue } from './object.ts';
import type { TypeRef } from './type-ref.ts';

/** One frame of an Apex stack. */
export interface StackFrame {
  /** `Class.DI_Outbox.add`, `Trigger.DI_ContactTransferTrigger`, `AnonymousBlock`. */
  readonly place: string;
  readonly line: number;
}

/**
 * An Apex exception. It is a JavaScript Error too, so that it can be thrown as it is and knows where: generated code
 * keeps Apex's lines, and V8 keeps the stack.
 */
export class ApexException extends Error implements ApexReference {
  readonly $type: TypeRef;
  apexMessage: string | null = null;
  apexCause: ApexException | null = null;
  /** What is shown outside of Apex where that differs from the message. */
  shownMessage: string | null = null;
  /** Methods of single exceptions, such as DmlException's rows, find their facts here. */
  readonly details = new Map<string, ApexValue>();
  #frames: readonly StackFrame[] | null = null;

  constructor(type: TypeRef = { kind: 'platform', name: 'System.Exception', arguments: [] }) {
    super();
    this.$type = type;
  }

  /** `System.DmlException`, `Outer.CustomException`. */
  get typeName(): string {
    return this.$type.kind === 'platform' || this.$type.kind === 'class'
      ? this.$type.name
      : 'System.Exception';
  }

  get text(): string {
    return this.apexMessage ?? 'Script-thrown exception';
  }

  frames(): readonly StackFrame[] {
    this.#frames ??= framesOf(this.stack ?? '');
    return this.#frames;
  }

  /** As getStackTraceString gives it: the innermost frame first. */
  stackTrace(): string {
    return this.frames()
      .map(({ place, line }) => `${place}: line ${line}, column 1`)
      .join('\n');
  }

  /** As an unhandled exception is reported: `System.DmlException: message`. */
  override toString(): string {
    return `${this.typeName}: ${this.text}`;
  }
}

/** A limit that is passed ends the transaction, whatever catch blocks stand around it. */
export function isCatchable(exception: ApexException): boolean {
  return exception.typeName !== 'System.LimitException' && exception.typeName !== 'System.AssertException';
}

export function platformException(
  name: string,
  message: string | null,
  details: Readonly<Record<string, ApexValue>> = {},
): ApexException {
  const exception = new ApexException({ kind: 'platform', name, arguments: [] });
  exception.apexMessage = message;
  for (const [key, value] of Object.entries(details)) exception.details.set(key, value);
  return exception;
}

export function throwPlatform(name: string, message: string): never {
  throw platformException(name, message);
}

export function throwNull(): never {
  throwPlatform('System.NullPointerException', 'Attempt to de-reference a null object');
}

/**
 * A failure of generated code as Apex sees it: reading something of null is a NullPointerException, running out of
 * stack a LimitException. Anything else is a fault of the local org itself and stays what it is.
 */
export function asApexException(error: unknown): ApexException | null {
  if (error instanceof ApexException) return error;
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return withStack(platformException('System.LimitException', 'Maximum stack depth reached: 1001'), error);
  }
  if (
    error instanceof TypeError &&
    /Cannot (read|set) properties of null/.test(error.message) &&
    (error.stack ?? '').includes('apex:')
  ) {
    return withStack(
      platformException('System.NullPointerException', 'Attempt to de-reference a null object'),
      error,
    );
  }
  return null;
}

function withStack(exception: ApexException, error: Error): ApexException {
  exception.stack = error.stack ?? '';
  return exception;
}

/** `at DI_Outbox$add (apex:/…/DI_Outbox.cls:12:9)` → Class.DI_Outbox.add, line 12. */
export function framesOf(stack: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of stack.split('\n')) {
    const found = /^\s+at (?:(?:new )?([^ ]+) (?:\[as [^\]]+\] )?\()?apex:(.*?):(\d+):\d+\)?$/.exec(line);
    if (!found) continue;
    const [, name = '', file = '', number = '0'] = found;
    frames.push({ place: placeOf(name.split('.').at(-1) ?? '', file), line: Number(number) });
  }
  return frames;
}

function placeOf(name: string, file: string): string {
  if (file === 'AnonymousBlock') return 'AnonymousBlock';
  if (name.startsWith('$trigger$$')) return `Trigger.${name.slice('$trigger$$'.length)}`;
  const parts = name.split('$').filter((part) => part !== '');
  if (parts.length > 1) return `Class.${parts.join('.').replace(/\.init$/, '.<init>')}`;
  const base = file.split(/[\\/]/).at(-1) ?? file;
  return `Class.${base.replace(/\.\w+$/, '')}`;
}
