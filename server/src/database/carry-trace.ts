import { currentTracer } from '../process/tracing.ts';
import type { Session } from './session.ts';

/** Lets what a transaction has triggers do be part of the trace that goes on, where spans go anywhere. */
export async function carryTrace(session: Session): Promise<void> {
  const traceparent = currentTracer()?.current() ?? null;
  if (traceparent !== null)
    await session.query("SELECT set_config('di.traceparent', $1, true)", [traceparent]);
}
