import { asApexException } from '../values/exception.ts';
import { SourceError } from '../values/object.ts';
import type { ResourceContext, RestAnswer } from './resource.ts';

export function executeAnonymous({ org, request }: ResourceContext): RestAnswer {
  const outcome = {
    compiled: true,
    success: true,
    compileProblem: null as string | null,
    exceptionMessage: null as string | null,
    exceptionStackTrace: null as string | null,
    line: -1,
    column: -1,
  };
  try {
    org.executeAnonymous(request.query.get('anonymousBody') ?? '', request.user);
  } catch (error) {
    if (error instanceof SourceError)
      Object.assign(outcome, {
        compiled: false,
        success: false,
        compileProblem: error.message,
        line: error.line,
        column: error.column,
      });
    else {
      const exception = asApexException(error);
      if (!exception) throw error;
      Object.assign(outcome, {
        success: false,
        exceptionMessage: exception.toString(),
        exceptionStackTrace: exception.stackTrace(),
        line: exception.frames().at(-1)?.line ?? -1,
      });
    }
  }
  return { status: 200, body: outcome };
}
