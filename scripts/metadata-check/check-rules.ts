import path from 'node:path';
import { child, textOf, type MetadataElement, type MetadataFile } from './metadata-file.ts';

/**
 * What a deployment refuses although each file has the right shape: the rules between the elements of a custom field,
 * and between a permission set and the fields, objects and classes it names.
 * (Metadata API Developer Guide: CustomField, PermissionSet.)
 */
export function checkRules(files: readonly MetadataFile[]): { file: string; problem: string }[] {
  const fields = new Map<string, MetadataElement>();
  const components = new Set<string>();
  for (const file of files) {
    components.add(`${file.root.name}:${file.name}`);
    if (file.root.name === 'CustomField') fields.set(`${objectOf(file)}.${file.name}`, file.root);
  }
  return files.flatMap((file) => {
    const problems =
      file.root.name === 'CustomField'
        ? fieldProblems(file)
        : file.root.name === 'PermissionSet'
          ? permissionProblems(file.root, fields, components)
          : [];
    return problems.map((problem) => ({ file: file.file, problem }));
  });
}

/** `…/objects/DI_Outbox__c/fields/Status__c.field-meta.xml` belongs to DI_Outbox__c. */
function objectOf(file: MetadataFile): string {
  return path.basename(path.dirname(path.dirname(file.file)));
}

function fieldProblems(file: MetadataFile): string[] {
  const field = file.root;
  const has = (name: string) => child(field, name) !== undefined;
  const needs = (...names: string[]) =>
    names
      .filter((name) => !has(name))
      .map((name) => `a ${textOf(field, 'type') ?? 'typeless'} field needs <${name}>`);
  const refuses = (...names: string[]) =>
    names.filter(has).map((name) => `a ${textOf(field, 'type') ?? 'typeless'} field takes no <${name}>`);

  const problems =
    textOf(field, 'fullName') === file.name ? [] : [`<fullName> is not the file's name, ${file.name}`];
  if (!has('label')) problems.push('<label> is missing');
  if (has('formula')) return problems;
  switch (textOf(field, 'type')) {
    case 'LongTextArea':
    case 'Html':
      return [...problems, ...needs('length', 'visibleLines'), ...refuses('required', 'unique')];
    case 'Checkbox':
      return [...problems, ...needs('defaultValue'), ...refuses('required', 'length')];
    case 'Lookup':
      return [...problems, ...needs('referenceTo', 'relationshipName'), ...lookupProblems(field)];
    case 'MasterDetail':
      return [
        ...problems,
        ...needs(
          'referenceTo',
          'relationshipName',
          'relationshipOrder',
          'reparentableMasterDetail',
          'writeRequiresMasterRead',
        ),
        ...refuses('required', 'deleteConstraint'),
      ];
    case 'Number':
    case 'Currency':
    case 'Percent':
      return [...problems, ...needs('precision', 'scale')];
    case 'Text':
      return [...problems, ...needs('length')];
    case 'Picklist':
    case 'MultiselectPicklist':
      return [...problems, ...needs('valueSet')];
    default:
      return problems;
  }
}

function lookupProblems(field: MetadataElement): string[] {
  const constraint = textOf(field, 'deleteConstraint');
  const required = textOf(field, 'required') === 'true';
  if (constraint === undefined) return ['a Lookup field needs <deleteConstraint>'];
  if (required && constraint === 'SetNull')
    return ['a required Lookup cannot be set to null when its parent is deleted'];
  return [];
}

function permissionProblems(
  permissionSet: MetadataElement,
  fields: ReadonlyMap<string, MetadataElement>,
  components: ReadonlySet<string>,
): string[] {
  const problems: string[] = [];
  for (const entry of permissionSet.children) {
    if (entry.name === 'fieldPermissions') problems.push(...fieldPermissionProblems(entry, fields));
    for (const [list, key, type] of REFERENCES) {
      const name = entry.name === list ? textOf(entry, key) : undefined;
      if (name !== undefined && isOurs(name, type) && !components.has(`${type}:${name}`)) {
        problems.push(`${list} names ${name}, which is not in the package`);
      }
    }
  }
  return problems;
}

const REFERENCES = [
  ['applicationVisibilities', 'application', 'CustomApplication'],
  ['classAccesses', 'apexClass', 'ApexClass'],
  ['customPermissions', 'name', 'CustomPermission'],
  ['objectPermissions', 'object', 'CustomObject'],
  ['tabSettings', 'tab', 'CustomTab'],
] as const;

/** Standard objects, tabs and applications are the platform's own. */
function isOurs(name: string, type: string): boolean {
  if (type === 'CustomObject' || type === 'CustomTab')
    return /__(c|e|mdt)$/.test(name) || name.startsWith('DI_');
  return !name.startsWith('standard__');
}

function fieldPermissionProblems(
  entry: MetadataElement,
  fields: ReadonlyMap<string, MetadataElement>,
): string[] {
  const name = textOf(entry, 'field') ?? '';
  const field = fields.get(name);
  if (!field)
    return name.includes('__') ? [`fieldPermissions names ${name}, which is not in the package`] : [];
  if (textOf(field, 'required') === 'true' || textOf(field, 'type') === 'MasterDetail') {
    return [`${name} is required or a master-detail field: it takes no field permission`];
  }
  if (child(field, 'formula') && textOf(entry, 'editable') === 'true')
    return [`${name} is a formula: it cannot be editable`];
  return [];
}
