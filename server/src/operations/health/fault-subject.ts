import { z } from 'zod';

/** Connection, object in lower case, table. */
const faultSubject = z.tuple([z.uuid(), z.string(), z.string()]);

/** The transfer whose batches or records a failure is about. */
export function faultSubjectOf(subject: string): {
  readonly connectionId: string;
  readonly object: string;
  readonly tableCode: string;
} {
  const [connectionId, object, tableCode] = faultSubject.parse(JSON.parse(subject));
  return { connectionId, object, tableCode };
}
