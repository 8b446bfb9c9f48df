import type { History } from '../history.ts';

interface Health {
  readonly connections: readonly {
    readonly verdict: string;
    readonly failures: readonly { readonly kind: string; readonly message: string | null }[];
  }[];
}

/** After calm, health says in step: what failed in between is no longer true. */
export async function healthSaysInStep(history: History): Promise<string[]> {
  const { connections } = await history.di.call<Health>('GET', '/v1/admin/health');
  return connections
    .filter(({ verdict }) => verdict !== 'in-step' && verdict !== 'nothing-yet')
    .map(
      ({ verdict, failures }) =>
        `Health says ${verdict} when nothing waits: ${failures.map(({ kind, message }) => `${kind} ${message ?? ''}`).join('; ')}`,
    );
}
