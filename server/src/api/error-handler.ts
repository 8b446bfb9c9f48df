import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { databaseFailure, isOutcomeUnknown, type DatabaseFailure } from '../database/failures.ts';
import { LIMIT_REST_SECONDS } from '../salesforce/api-budget.ts';
import { sqlState } from '../database/sql-state.ts';
import { messageOf, type Message, say } from '../messages/message.ts';
import { SalesforceFault } from '../salesforce/org.ts';
import {
  badRequest,
  notFound,
  Problem,
  unavailable,
  unprocessable,
  unsupportedEncoding,
} from '../http/problem.ts';

/** Errors of the body parser, in our words. */
function fromBodyParser(error: unknown): Problem | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string' && /^(?:Z_|ERR__ERROR_)/.test(error.code))
    return badRequest('malformed-compression', say('calls.malformed-compression'));
  if (!('type' in error)) return null;
  switch (error.type) {
    case 'entity.too.large':
      return new Problem(413, 'body-too-large', 'The body is too large', say('calls.body-too-large'));
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return unsupportedEncoding(say('calls.encoding'));
    case 'request.aborted':
    case 'request.size.invalid':
      return badRequest('incomplete-body', say('calls.incomplete-body'));
    default:
      return null;
  }
}

function fromPath(error: unknown): Problem | null {
  return error instanceof URIError ? badRequest('invalid-path', say('calls.invalid-path')) : null;
}

/** Failures of the database that pass: the caller may try again. */
function fromDatabase(error: unknown): Problem | null {
  if (isOutcomeUnknown(error)) return unavailable('outcome-unknown', say('calls.outcome-unknown'), 5);
  const failure = databaseFailure(error);
  return failure === null ? null : UNAVAILABLE[failure];
}

const BUSY = unavailable('database-busy', say('calls.database-busy'), 5);
const UNAVAILABLE: Readonly<Record<DatabaseFailure, Problem>> = {
  unreachable: BUSY,
  lost: BUSY,
  busy: BUSY,
  full: unavailable('database-full', say('calls.database-full'), 60),
  'read-only': unavailable('database-read-only', say('calls.database-read-only'), 5),
};

/** Texts that cannot be stored, and numbers and moments that no column of their type can hold. */
const UNSTORABLE = new Set(['22021', '22P05', '22003', '22008', '22007', '22P02', '22P03']);

/** A value that only the database found out about. It is logged: who takes it should have refused it, and named it. */
function fromUnstorable(error: unknown): Problem | null {
  return UNSTORABLE.has(sqlState(error) ?? '')
    ? unprocessable('unstorable-value', say('calls.unstorable-value'))
    : null;
}

/** What an org refused, or could not do now: its message was made for people. */
function fromSalesforce(error: unknown): Problem | null {
  if (!(error instanceof SalesforceFault)) return null;
  const { kind, code, message } = error;
  if (kind === 'retry') return unavailable('salesforce-unavailable', message, 30);
  if (kind === 'hold') return unavailable('salesforce-unavailable', message, 300);
  if (kind === 'limit') return unavailable('salesforce-limit', message, LIMIT_REST_SECONDS);
  return unprocessable('salesforce-refused', message, { salesforce: { kind, code } });
}

/** What says the detail in other languages, where it is in the server's own words. */
function sentenceOf({ message }: Problem): { readonly sentence?: Message } {
  const sentence = messageOf(message);
  return sentence === null ? {} : { sentence };
}

/** The one place where errors become answers. What is not a Problem is logged and hidden. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const known =
      error instanceof Problem ? error : (fromPath(error) ?? fromBodyParser(error) ?? fromSalesforce(error));
    const passing = known ? null : (fromDatabase(error) ?? fromUnstorable(error));
    const problem =
      known ??
      passing ??
      new Problem(500, 'internal-error', 'Something went wrong', say('calls.internal-error'));
    if (!known) logger.error({ err: error, requestId: request.id }, 'request failed');
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: 'about:blank',
          title: problem.title,
          status: problem.status,
          detail: problem.message,
          code: problem.code,
          ...sentenceOf(problem),
          instance: request.id,
          ...problem.extension,
        }),
      );
  };
}

export const noSuchRoute: RequestHandler = (request) => {
  throw notFound(`endpoint ${request.method} ${request.path}`);
};
