import type { History } from '../history.ts';

interface Health {
  readonly connections: readonly {
    readonly verdict: string;
    readonly deliveries: { readonly waiting: number };
    readonly incidents: readonly object[];
    readonly failures: readonly { readonly kind: string; readonly message: string | null }[];
  }[];
}

/** After calm, health says in step: what failed in between is no longer true. */
export async function healthSaysInStep(history: History): Promise<string[]> {
  const { connections } = await history.di.call<Health>('GET', '/v1/admin/health');
  return connections
    .filter(({ verdict }) => verdict !== 'in-step' && verdict !== 'nothing-yet')
    .map(
      ({ verdict, failures, incidents }) =>
        `Health says ${verdict} when nothing waits: ${[...failures.map(({ kind, message }) => `${kind} ${message ?? ''}`), ...incidents.map((incident) => JSON.stringify(incident))].join('; ')}`,
    );
}

const WAITING_AND_KEPT = `
  SELECT count(*) FILTER (WHERE state = 'pending')::int AS waiting,
    count(*) FILTER (WHERE state = 'dead')::int AS dead,
    (SELECT count(*)::int FROM di.pull_run WHERE state IN ('queued', 'running')) AS pulls
  FROM di.delivery`;

/**
 * At every moment: nothing is in step while DI has something to send, nothing is on its way where nothing waits, and
 * deliveries have failed where some were given up, and only there.
 */
export async function healthIsTrue(history: History): Promise<string[]> {
  const { connections } = await history.di.call<Health>('GET', '/v1/admin/health');
  const { rows } = await history.operator.query<{ waiting: number; dead: number; pulls: number }>(
    WAITING_AND_KEPT,
  );
  const { waiting = 0, dead = 0, pulls = 0 } = rows[0] ?? {};
  return connections.flatMap(({ verdict, deliveries, failures }) => {
    const hasFailed = failures.some(({ kind }) => kind === 'delivery');
    return [
      ...(deliveries.waiting === waiting
        ? []
        : [`health counts ${deliveries.waiting} of ${waiting} that wait.`]),
      ...(waiting > 0 && verdict === 'in-step'
        ? [`health says in step, and ${waiting} deliveries wait.`]
        : []),
      ...(waiting + pulls === 0 && ['sending', 'behind'].includes(verdict)
        ? [`health says ${verdict}, and nothing waits.`]
        : []),
      ...(hasFailed === dead > 0
        ? []
        : [`${dead} deliveries were given up, health shows ${hasFailed ? 'some' : 'none'}.`]),
    ];
  });
}
