import { list, text, type Xml } from './metadata-xml.ts';
import type { PermissionSetSchema } from './schema.ts';

/** A permission set, or a profile, as its metadata has it. */
export function permissionSetOf(name: string, xml: Xml): PermissionSetSchema {
  const enabled = (each: Xml) => text(each, 'enabled') === 'true';
  return {
    name,
    label: text(xml, 'label') ?? name,
    customPermissions: new Set(
      list(xml, 'customPermissions')
        .filter(enabled)
        .map((each) => text(each, 'name') ?? ''),
    ),
    classAccess: new Set(
      list(xml, 'classAccesses')
        .filter(enabled)
        .map((each) => text(each, 'apexClass') ?? ''),
    ),
    objectPermissions: list(xml, 'objectPermissions').map((each) => ({
      object: text(each, 'object') ?? '',
      read: text(each, 'allowRead') === 'true',
      create: text(each, 'allowCreate') === 'true',
      edit: text(each, 'allowEdit') === 'true',
      delete: text(each, 'allowDelete') === 'true',
    })),
    fieldPermissions: list(xml, 'fieldPermissions').map((each) => ({
      field: text(each, 'field') ?? '',
      read: text(each, 'readable') === 'true',
      edit: text(each, 'editable') === 'true',
    })),
  };
}
