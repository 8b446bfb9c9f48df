import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ROOT } from './compile/components.ts';

const SETS = path.join(ROOT, 'force-app/main/app/permissionsets');
const ENABLED =
  /<customPermissions>\s*<enabled>true<\/enabled>\s*<name>(\w+)<\/name>\s*<\/customPermissions>/g;

const assigned = z.object({
  records: z.array(z.object({ PermissionSet: z.object({ Name: z.string() }) })),
});

/** The custom permissions that the org's administrator has: those of the package's permission sets that are assigned. */
export async function customPermissions(org: {
  readonly url: string;
  readonly token: string;
}): Promise<string[]> {
  const query =
    "SELECT PermissionSet.Name FROM PermissionSetAssignment WHERE Assignee.Username = 'admin@local.org'";
  const answer = await fetch(`${org.url}/services/data/v65.0/query?q=${encodeURIComponent(query)}`, {
    headers: { authorization: `Bearer ${org.token}` },
  });
  const names = assigned.parse(await answer.json()).records.map(({ PermissionSet }) => PermissionSet.Name);
  return readdirSync(SETS)
    .filter((file) => names.some((name) => file.startsWith(`${name}.`)))
    .flatMap((file) => [...readFileSync(path.join(SETS, file), 'utf8').matchAll(ENABLED)])
    .map(([, name = '']) => name);
}
