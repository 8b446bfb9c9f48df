import { asApexException, framesOf } from './exception.ts';

/** A fault of the local org's own, with the place in the source that met it; the JavaScript error is its cause. */
export class OrgFault extends Error {
  constructor(cause: Error) {
    const [frame] = framesOf(cause.stack ?? '');
    const place = frame ? ` at ${frame.place}, line ${frame.line}` : '';
    super(`The local org failed${place}, which is no fault of the source: ${cause.message}`, { cause });
    this.name = 'OrgFault';
  }
}

const OWN_ERRORS = [TypeError, ReferenceError, RangeError, SyntaxError];

/** An error as it leaves a transaction: JavaScript's own are said to be the org's, unless Apex knows what they mean. */
export function asFault(error: unknown): unknown {
  const isOwn = OWN_ERRORS.some((kind) => error instanceof kind);
  return isOwn && error instanceof Error && !asApexException(error) ? new OrgFault(error) : error;
}
