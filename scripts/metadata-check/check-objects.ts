import { isCustom, kindOf, type Catalog, type MetadataProblem, type ObjectKind } from './catalog.ts';
import { all, child, textOf, type MetadataElement } from './metadata-file.ts';
import { LIST_VIEW_COLUMNS } from './platform-values.ts';

/** What an object of each kind needs and refuses (Metadata API Developer Guide: CustomObject). */
const ELEMENTS: Readonly<
  Record<ObjectKind, { readonly needs: readonly string[]; readonly refuses: readonly string[] }>
> = {
  object: {
    needs: ['label', 'pluralLabel', 'nameField', 'sharingModel', 'deploymentStatus'],
    refuses: ['customSettingsType', 'eventType', 'publishBehavior'],
  },
  event: {
    needs: ['label', 'pluralLabel', 'eventType', 'publishBehavior', 'deploymentStatus'],
    refuses: [
      'nameField',
      'sharingModel',
      'externalSharingModel',
      'compactLayoutAssignment',
      'enableHistory',
      'enableFeeds',
      'enableActivities',
    ],
  },
  setting: {
    needs: ['label', 'customSettingsType'],
    refuses: ['nameField', 'pluralLabel', 'sharingModel', 'externalSharingModel', 'compactLayoutAssignment'],
  },
};

/** What lies below an object's folder, and only objects with records and pages have. */
const OF_RECORDS = ['ListView', 'CompactLayout', 'RecordType', 'FieldSet', 'ValidationRule'];
/** Most characters of all long texts of an object together (Help: Custom Field Allocations). */
const LONG_TEXT_OF_AN_OBJECT = 1_638_400;
const OPENNESS = ['Private', 'Read', 'ReadWrite', 'ReadWriteTransfer'];

/** What an object is, and what its fields make of it. */
export function checkObjects(catalog: Catalog): MetadataProblem[] {
  const problems: MetadataProblem[] = [];
  for (const [name, { file, root }] of catalog.of('CustomObject')) {
    // Fields that a package adds to a standard object lie below a file that says nothing else of it.
    if (!isCustom(name)) continue;
    const kind = kindOf(name, root);
    const found = [
      ...elementProblems(root, kind),
      ...sharingProblems(catalog, name, root),
      ...sumProblems(catalog, name),
      ...searchProblems(catalog, name, root),
    ];
    if (kind !== 'object')
      for (const type of OF_RECORDS)
        for (const [component] of catalog.of(type))
          if (component.startsWith(`${name}.`))
            found.push(`${KINDS[kind]} takes no ${type}: remove ${component}`);
    problems.push(...found.map((problem) => ({ file, problem })));
  }
  return [...problems, ...orphans(catalog)];
}

const KINDS = { object: 'an object', event: 'a platform event', setting: 'a custom setting' } as const;

function elementProblems(root: MetadataElement, kind: ObjectKind): string[] {
  const { needs, refuses } = ELEMENTS[kind];
  return [
    ...needs.filter((name) => !child(root, name)).map((name) => `${KINDS[kind]} needs <${name}>`),
    ...refuses.filter((name) => child(root, name)).map((name) => `${KINDS[kind]} takes no <${name}>`),
    ...nameFieldProblems(root),
    ...valueProblems(root, kind),
  ];
}

function nameFieldProblems(root: MetadataElement): string[] {
  const nameField = child(root, 'nameField');
  if (!nameField || textOf(nameField, 'type') !== 'AutoNumber') return [];
  const format = textOf(nameField, 'displayFormat') ?? '';
  return /^[^{}]*\{0{1,10}\}[^{}]*$/.test(format)
    ? []
    : [
        `<displayFormat> of an automatic number needs one place like {0000} of ten digits at most, not '${format}'`,
      ];
}

/** Values that the platform no longer takes, or takes of other kinds only. */
function valueProblems(root: MetadataElement, kind: ObjectKind): string[] {
  if (kind === 'event' && textOf(root, 'eventType') !== 'HighVolume')
    return ['<eventType> of a new event is HighVolume: events of standard volume can no longer be made'];
  return kind === 'object' && !['Public', undefined].includes(textOf(root, 'visibility'))
    ? ['<visibility> of an object with records is Public: only custom settings are protected']
    : [];
}

/** What a search shows of an object. */
function searchProblems(catalog: Catalog, name: string, root: MetadataElement): string[] {
  return all(root, 'searchLayouts')
    .flatMap(({ children }) => children)
    .filter((each) => each.name.endsWith('Fields'))
    .filter((each) => !LIST_VIEW_COLUMNS.has(each.text) && !catalog.field(name, each.text))
    .map((each) => `<searchLayouts> names ${each.text}, which is not a field of ${name}`);
}

/** Who sees a detail is said by its master, and by nobody else. */
function sharingProblems(catalog: Catalog, name: string, root: MetadataElement): string[] {
  const masters = catalog.fieldsOf(name).filter(([, field]) => textOf(field, 'type') === 'MasterDetail');
  const internal = textOf(root, 'sharingModel');
  const external = textOf(root, 'externalSharingModel');
  const problems: string[] = [];
  if (masters.length > 2) problems.push(`an object has two masters at most, and this one ${masters.length}`);
  if (new Set(masters.map(([, field]) => textOf(field, 'relationshipOrder'))).size < masters.length)
    problems.push('two masters stand at the same <relationshipOrder>: give one of them 1');
  if (masters.length > 0 && internal !== 'ControlledByParent')
    problems.push(`<sharingModel> of an object with a master is ControlledByParent, not ${internal}`);
  if (masters.length === 0 && internal === 'ControlledByParent')
    problems.push('<sharingModel> is ControlledByParent, and no field is a master-detail field');
  if (internal && external && OPENNESS.indexOf(external) > OPENNESS.indexOf(internal))
    problems.push(`<externalSharingModel> ${external} is more open than <sharingModel> ${internal}`);
  return problems;
}

function sumProblems(catalog: Catalog, name: string): string[] {
  const sum = catalog
    .fieldsOf(name)
    .filter(([, field]) => ['LongTextArea', 'Html'].includes(textOf(field, 'type') ?? ''))
    .reduce((total, [, field]) => total + Number(textOf(field, 'length') ?? 0), 0);
  return sum > LONG_TEXT_OF_AN_OBJECT
    ? [`its long texts have ${sum} characters together, and ${LONG_TEXT_OF_AN_OBJECT} are allowed`]
    : [];
}

/** Parts of custom objects that the package does not hold. */
function orphans(catalog: Catalog): MetadataProblem[] {
  return ['CustomField', ...OF_RECORDS].flatMap((type) =>
    [...catalog.of(type)].flatMap(([name, { file }]) => {
      const object = name.split('.')[0] ?? '';
      return !isCustom(object) || catalog.has('CustomObject', object)
        ? []
        : [{ file, problem: `it belongs to ${object}, which is not in the package` }];
    }),
  );
}
