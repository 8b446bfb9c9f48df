import type { Knex } from 'knex';
import type { Actor } from './caller.ts';
import { SCOPES_OF_ROLE, type Role, type Scope } from './scopes.ts';

/** Whether somebody who began something may still end it: who was disabled or lost the scope meanwhile may not. */
export async function mayStill(knex: Knex, accountId: string, actor: Actor, scope: Scope): Promise<boolean> {
  switch (actor.kind) {
    case 'operator':
      return true;
    case 'user': {
      const user = await knex('di.user')
        .where({ id: actor.id, account_id: accountId })
        .whereNull('disabled_at')
        .first<{ role: Role } | undefined>('role');
      return user !== undefined && SCOPES_OF_ROLE[user.role].includes(scope);
    }
    case 'api-key': {
      const key = await knex('di.api_key')
        .where({ id: actor.id, account_id: accountId })
        .whereNull('revoked_at')
        .whereRaw('(expires_at IS NULL OR expires_at > now())')
        .first<{ scopes: Scope[] } | undefined>('scopes');
      return key?.scopes.includes(scope) === true;
    }
  }
}
