import type { Knex } from 'knex';

/** Which trouble somebody has to be told of. */
export interface IncidentKey {
  readonly accountId: string;
  readonly connectionId: string;
  readonly kind: 'authorization-lost' | 'integration-stopped' | 'api-budget-used' | 'deliveries-dead';
  /** The integration's name, where it is not the connection itself. */
  readonly subject?: string;
}

/** Where deliveries say that they stopped, and that they go again. Told again and again, it is one incident. */
export interface Incidents {
  open(knex: Knex, report: IncidentKey & { readonly message: string }): Promise<void>;
  close(knex: Knex, key: IncidentKey): Promise<void>;
}

/** Tells nobody: what stopped is shown by the integration and its connection all the same. */
export const NOBODY: Incidents = {
  open: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
