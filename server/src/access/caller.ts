import type { Scope } from './scopes.ts';

/** Who acts on an account, as the audit log names them. */
export interface Actor {
  readonly kind: 'operator' | 'user' | 'api-key';
  readonly id: string | null;
  readonly name: string;
}

/** Somebody who acts on one account, through a user's session, an API key or as the operator. */
export interface AccountCaller {
  readonly accountId: string;
  readonly actor: Actor;
  readonly scopes: ReadonlySet<Scope>;
}
