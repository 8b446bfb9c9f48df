/** What a user or an API key may do. */
export const SCOPES = [
  'projects:read',
  'projects:write',
  'rows:read',
  'rows:write',
  'connections:read',
  'connections:write',
  'transfers:read',
  'transfers:write',
  'consent:read',
  'consent:write',
  'deliveries:read',
  'deliveries:write',
  'imports:read',
  'imports:write',
  'access:read',
  'access:write',
  'audit:read',
  'persons:read',
  'persons:erase',
] as const;
export type Scope = (typeof SCOPES)[number];

export const ROLES = ['owner', 'administrator', 'marketer', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

const READS = [
  'projects:read',
  'rows:read',
  'connections:read',
  'transfers:read',
  'consent:read',
  'deliveries:read',
  'imports:read',
] as const satisfies readonly Scope[];

/**
 * An owner may do everything; an administrator everything but give access; a marketer works with people, their consent and
 * files, and reads the rest; a viewer reads.
 */
export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  owner: SCOPES,
  administrator: SCOPES.filter((scope) => scope !== 'access:write'),
  marketer: [...READS, 'rows:write', 'consent:write', 'imports:write', 'persons:read'],
  viewer: READS,
};
