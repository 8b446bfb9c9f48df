import type { Session } from './session.ts';

/**
 * Writes as what comes from a connection: it is not sent back there. What the transaction wrote before and writes after
 * keeps its own origin.
 *
 * @param origin a connection's id; empty where no connection has said it
 */
export async function withOrigin<T>(session: Session, origin: string, work: () => Promise<T>): Promise<T> {
  const [before] = await session.query<{ origin: string | null }>(
    "SELECT current_setting('di.origin', true) AS origin",
  );
  await session.query("SELECT set_config('di.origin', $1, true)", [origin]);
  const result = await work();
  await session.query("SELECT set_config('di.origin', $1, true)", [before?.origin ?? '']);
  return result;
}
