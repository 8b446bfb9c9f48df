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

export const ROLES = ['owner', 'administrator', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** An owner may do everything; an administrator everything but give access; a viewer may read. */
export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  owner: SCOPES,
  administrator: SCOPES.filter((scope) => scope !== 'access:write'),
  viewer: [
    'projects:read',
    'rows:read',
    'connections:read',
    'transfers:read',
    'consent:read',
    'deliveries:read',
    'imports:read',
  ],
};
