import { say } from '../messages/message.ts';
import type { AccountCaller } from './caller.ts';
import { SCOPES_OF_ROLE, type Role, type Scope } from './scopes.ts';
import { forbidden } from '../http/problem.ts';

/** Throws a 403 problem where somebody would give a right that they do not have themselves. */
export function requireOwnRights(caller: AccountCaller, given: readonly Scope[]): void {
  const excess = given.filter((scope) => !caller.scopes.has(scope));
  if (excess.length > 0)
    throw forbidden('insufficient-scope', say('access.cannot-give', { scopes: excess.join(', ') }));
}

/**
 * Throws a 403 problem where somebody would decide over a user who may do more than they may: whoever sets a password can
 * sign in with it, and whoever gives a role gives all of its rights.
 */
export function requireRightsOf(caller: AccountCaller, roles: readonly Role[]): void {
  requireOwnRights(caller, [...new Set(roles.flatMap((role) => SCOPES_OF_ROLE[role]))]);
}
