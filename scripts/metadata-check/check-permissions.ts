import { doubled, kindOf, type Catalog, type MetadataProblem } from './catalog.ts';
import { all, child, textOf, type MetadataElement } from './metadata-file.ts';

/** Between a permission set and what it gives (Metadata API Developer Guide: PermissionSet). */
export function checkPermissions(catalog: Catalog): MetadataProblem[] {
  return [...setProblems(catalog), ...actionProblems(catalog)];
}

/** An action that a flow runs as its user is refused where no permission set gives its class. */
function actionProblems(catalog: Catalog): MetadataProblem[] {
  const sets = [...catalog.of('PermissionSet').values()].map(({ root }) => root);
  const given = new Set(
    sets.flatMap((set) => all(set, 'classAccesses').map((entry) => textOf(entry, 'apexClass'))),
  );
  return [...catalog.of('ApexClass').values()]
    .filter(({ name }) => /@InvocableMethod\b/i.test(catalog.classBody(name) ?? '') && !given.has(name))
    .map(({ file, name }) => ({
      file,
      problem: `the action ${name} is in no permission set: give it in one`,
    }));
}

function setProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('PermissionSet').values()].flatMap(({ file, root }) =>
    [
      ...all(root, 'fieldPermissions').flatMap((entry) => fieldProblems(catalog, entry)),
      ...all(root, 'objectPermissions').flatMap((entry) => objectProblems(catalog, entry)),
      ...masterProblems(catalog, root),
      ...referenceProblems(catalog, root),
      ...entriesTwice(root),
    ].map((problem) => ({ file, problem })),
  );
}

const REFERENCES = [
  ['applicationVisibilities', 'application', 'CustomApplication'],
  ['classAccesses', 'apexClass', 'ApexClass'],
  ['customPermissions', 'name', 'CustomPermission'],
  ['objectPermissions', 'object', 'CustomObject'],
  ['tabSettings', 'tab', 'CustomTab'],
] as const;

function referenceProblems(catalog: Catalog, root: MetadataElement): string[] {
  return REFERENCES.flatMap(([list, key, type]) =>
    all(root, list)
      .map((entry) => textOf(entry, key) ?? '')
      .filter((name) => isOurs(name, type) && !catalog.has(type, name))
      .map((name) => `${list} names ${name}, which is not in the package`),
  );
}

/** Standard objects, tabs and applications are the platform's own. */
function isOurs(name: string, type: string): boolean {
  if (type === 'CustomObject' || type === 'CustomTab')
    return /__(c|e|mdt)$/.test(name) || name.startsWith('DI_');
  return !name.startsWith('standard__');
}

const gives = (entry: MetadataElement | undefined, right: string) =>
  entry !== undefined && textOf(entry, right) === 'true';

function fieldProblems(catalog: Catalog, entry: MetadataElement): string[] {
  const name = textOf(entry, 'field') ?? '';
  if (gives(entry, 'editable') && !gives(entry, 'readable'))
    return [`${name} may be edited and not read: give <readable> too`];
  const [object = '', fieldName = ''] = name.split('.');
  const field = catalog.field(object, fieldName);
  if (!field)
    return name.includes('__') ? [`fieldPermissions names ${name}, which is not in the package`] : [];
  const kind = kindOf(object, catalog.object(object) ?? field);
  if (kind !== 'object') return [`${name} is a field of ${KIND_NAMES[kind]}: it takes no field permission`];
  if (textOf(field, 'required') === 'true' || textOf(field, 'type') === 'MasterDetail')
    return [`${name} is required or a master-detail field: it takes no field permission`];
  if (child(field, 'formula') && gives(entry, 'editable'))
    return [`${name} is a formula: it cannot be editable`];
  return [];
}

const KIND_NAMES = { event: 'a platform event', setting: 'a custom setting' } as const;

/** Rights that stand on others. */
const STANDS_ON: Readonly<Record<string, readonly string[]>> = {
  allowCreate: ['allowRead'],
  allowEdit: ['allowRead'],
  allowDelete: ['allowRead', 'allowEdit'],
  viewAllRecords: ['allowRead'],
  modifyAllRecords: ['allowRead', 'allowEdit', 'allowDelete', 'viewAllRecords'],
};
/** Events are published and read, and nothing else. */
const NOT_OF_EVENTS = ['allowEdit', 'allowDelete', 'viewAllRecords', 'modifyAllRecords'];

function objectProblems(catalog: Catalog, entry: MetadataElement): string[] {
  const name = textOf(entry, 'object') ?? '';
  const object = catalog.object(name);
  const kind = object && kindOf(name, object);
  const problems = Object.entries(STANDS_ON)
    .filter(([right]) => gives(entry, right))
    .flatMap(([right, others]) =>
      others
        .filter((other) => !gives(entry, other))
        .map((other) => `${right} of ${name} needs ${other}: give it too`),
    );
  if (kind === 'setting') problems.push(`${name} is a custom setting: it takes no object permission`);
  if (kind === 'event')
    problems.push(
      ...NOT_OF_EVENTS.filter((right) => gives(entry, right)).map(
        (right) => `${name} is an event: ${right} is not a right of events`,
      ),
    );
  return problems;
}

/** Who reads a detail has to read its master. */
function masterProblems(catalog: Catalog, root: MetadataElement): string[] {
  const entries = new Map(
    all(root, 'objectPermissions').map((entry) => [textOf(entry, 'object') ?? '', entry]),
  );
  return [...entries].flatMap(([name, entry]) =>
    catalog
      .fieldsOf(name)
      .filter(([, field]) => textOf(field, 'type') === 'MasterDetail' && gives(entry, 'allowRead'))
      .map(([, field]) => textOf(field, 'referenceTo') ?? '')
      .filter((master) => !gives(entries.get(master), 'allowRead'))
      .map((master) => `${name} may be read and its master ${master} not: give allowRead of ${master}`),
  );
}

function entriesTwice(root: MetadataElement): string[] {
  const keys = root.children
    .filter(({ children }) => children.length > 0)
    .map((entry) => `${entry.name} ${entry.children.map(nameIn).join('')}`);
  return doubled(keys).map((key) => `${key} stands twice`);
}

const NAMES = new Set<string>(['field', ...REFERENCES.map(([, key]) => key)]);
const nameIn = ({ name, text }: MetadataElement) => (NAMES.has(name) ? text : '');
