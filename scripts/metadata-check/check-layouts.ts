import { doubled, isCustom, kindOf, type Catalog, type MetadataProblem } from './catalog.ts';
import { isField, missing } from './check-views.ts';
import { all, below, child, textOf, textsOf, type MetadataElement } from './metadata-file.ts';
import { LIST_VIEW_COLUMNS } from './platform-values.ts';

/** Page layouts: what they name, and that each object which a person may open has one that shows what the person may read. */
export function checkLayouts(catalog: Catalog): MetadataProblem[] {
  return [...layoutProblems(catalog), ...openedObjectProblems(catalog)];
}

/** Salesforce: Maximum Lengths of Fields, help text. */
const LONGEST_HELP = 510;
const NOTHING: MetadataElement = { name: '', text: '', attributes: {}, children: [] };

/** A page layout shows fields that there are, once, and every field that a record needs. */
function layoutProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('Layout').values()].flatMap(({ file, root, name }) => {
    const object = objectOfLayout(name);
    if (!isCustom(object)) return [];
    if (!catalog.has('CustomObject', object))
      return [{ file, problem: `it is the layout of ${object}, which is not in the package` }];
    const items = below(root, 'layoutItems').filter((item) => child(item, 'field'));
    const fields = items.map((item) => textOf(item, 'field') ?? '');
    const problems = [
      ...fields
        .filter((each) => !isField(catalog, object, each))
        .map((each) => missing(object, each, 'the field')),
      ...doubled(fields).map((each) => `the field ${each} stands twice`),
      ...requiredFields(catalog, object)
        .filter((each) => !fields.includes(each))
        .map((each) => `it leaves out ${each}, which a record needs: add it`),
      ...items.flatMap((item) => behaviorProblems(catalog, object, item)),
      ...relatedListProblems(catalog, root),
    ];
    return problems.map((problem) => ({ file, problem }));
  });
}

function requiredFields(catalog: Catalog, object: string): string[] {
  const isTyped = textOf(child(catalog.object(object) ?? NOTHING, 'nameField') ?? NOTHING, 'type') === 'Text';
  const required = catalog
    .fieldsOf(object)
    .filter(([, field]) => textOf(field, 'required') === 'true' || textOf(field, 'type') === 'MasterDetail')
    .map(([name]) => name);
  return [...(isTyped ? ['Name'] : []), ...required];
}

/** What a record needs is marked as required, and what nobody types is marked as read only. */
function behaviorProblems(catalog: Catalog, object: string, item: MetadataElement): string[] {
  const name = textOf(item, 'field') ?? '';
  const behavior = textOf(item, 'behavior');
  const field = catalog.field(object, name);
  const isComputed =
    field !== undefined && (child(field, 'formula') !== undefined || textOf(field, 'type') === 'AutoNumber');
  if (isWrittenByThePlatform(catalog, object, name) && behavior !== 'Readonly')
    return [`${name} is written by the platform: its <behavior> is Readonly`];
  if (isComputed && behavior !== 'Readonly') return [`${name} is computed: its <behavior> is Readonly`];
  if (requiredFields(catalog, object).includes(name) && behavior !== 'Required')
    return [`${name} is needed by a record: its <behavior> is Required`];
  return [];
}

function isWrittenByThePlatform(catalog: Catalog, object: string, name: string): boolean {
  if (['CreatedById', 'LastModifiedById', 'CreatedDate', 'LastModifiedDate'].includes(name)) return true;
  const nameField = child(catalog.object(object) ?? NOTHING, 'nameField') ?? NOTHING;
  return name === 'Name' && textOf(nameField, 'type') === 'AutoNumber';
}

/** `DI_Load__c.Transfer__c` is the list of loads below a transfer. */
function relatedListProblems(catalog: Catalog, root: MetadataElement): string[] {
  return all(root, 'relatedLists').flatMap((list) => {
    const name = textOf(list, 'relatedList') ?? '';
    if (!isCustom(name)) return [];
    const object = name.split('.')[0] ?? '';
    if (!catalog.has('CustomField', name)) return [`the related list ${name} is not a field of the package`];
    return textsOf(list, 'fields')
      .filter((each) => !LIST_VIEW_COLUMNS.has(each) && !catalog.field(object, each))
      .map((each) => missing(object, each, 'the column'));
  });
}

/** `DI_Outbox__c-DI Outbox Layout` is one of DI_Outbox__c. */
const objectOfLayout = (name: string) => decodeURIComponent(name).split('-')[0] ?? '';

/** Without a layout Salesforce makes one that leaves out what is not required. */
function openedObjectProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('CustomObject')].flatMap(([name, { file, root }]) => {
    const readers = [...catalog.of('PermissionSet').values()]
      .map((set) => set.root)
      .filter((set) => mayRead(set, 'objectPermissions', 'object', name, 'allowRead'));
    if (kindOf(name, root) !== 'object' || readers.length === 0) return [];
    const layouts = [...catalog.of('Layout').values()].filter((each) => objectOfLayout(each.name) === name);
    if (layouts.length === 0)
      return [{ file, problem: `${name} may be opened and has no page layout: add one` }];
    return layouts.flatMap((layout) =>
      [
        ...hiddenFields(catalog, name, readers, layout.root).map(
          (field) => `it leaves out ${field}, which its readers may see: add it`,
        ),
        ...typedFields(layout.root).flatMap((field) => helpProblems(catalog, name, field)),
      ].map((problem) => ({ file: layout.file, problem })),
    );
  });
}

function mayRead(set: MetadataElement, list: string, key: string, name: string, right: string): boolean {
  return all(set, list).some((entry) => textOf(entry, key) === name && textOf(entry, right) === 'true');
}

/** Fields that each permission set which reads the object lets read, and that the layout does not show. */
function hiddenFields(
  catalog: Catalog,
  object: string,
  readers: readonly MetadataElement[],
  layout: MetadataElement,
): string[] {
  const shown = below(layout, 'field').map(({ text }) => text);
  return catalog
    .fieldsOf(object)
    .map(([name]) => name)
    .filter((name) => !shown.includes(name))
    .filter((name) =>
      readers.every((set) => mayRead(set, 'fieldPermissions', 'field', `${object}.${name}`, 'readable')),
    );
}

function typedFields(layout: MetadataElement): string[] {
  return below(layout, 'layoutItems')
    .filter((item) => textOf(item, 'behavior') !== 'Readonly')
    .flatMap((item) => textOf(item, 'field') ?? []);
}

/** Whoever types into a field of the package is told what belongs there, in each language. */
function helpProblems(catalog: Catalog, object: string, name: string): string[] {
  const field = catalog.field(object, name);
  if (!field) return [];
  const help = textOf(field, 'inlineHelpText');
  if (help === undefined) return [`${name} may be typed into: give it <inlineHelpText>`];
  return help.length > LONGEST_HELP
    ? [`the help of ${name} has ${help.length} characters, and ${LONGEST_HELP} are allowed`]
    : [];
}
