import { doubled, kindOf, objectOf, type Catalog, type MetadataProblem, type ObjectKind } from './catalog.ts';
import { TYPE_RULES, withinRange } from './field-types.ts';
import { below, child, textOf, type MetadataElement, type MetadataFile } from './metadata-file.ts';

/** Types of fields that an object of another kind takes (Platform Events and Custom Settings: supported field types). */
const TYPES_OF_KIND: Readonly<Record<Exclude<ObjectKind, 'object'>, readonly string[]>> = {
  event: ['Checkbox', 'Date', 'DateTime', 'LongTextArea', 'Number', 'Text'],
  setting: [
    ...['Checkbox', 'Currency', 'Date', 'DateTime', 'Email', 'Number', 'Percent', 'Phone', 'Text'],
    ...['TextArea', 'Url'],
  ],
};
const KIND_NAMES = { event: 'a platform event', setting: 'a custom setting' } as const;

/** The rules between the elements of a field, and the limits of its type (Metadata API Developer Guide: CustomField). */
export function checkFields(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('CustomField').values()].flatMap((file) =>
    [
      ...elementProblems(file),
      ...kindProblems(catalog, file),
      ...referenceProblems(catalog, file),
      ...valueProblems(file.root),
    ].map((problem) => ({ file: file.file, problem })),
  );
}

function elementProblems(file: MetadataFile): string[] {
  const field = file.root;
  const problems =
    textOf(field, 'fullName') === file.name ? [] : [`<fullName> is not the file's name, ${file.name}`];
  if (!child(field, 'label')) problems.push('<label> is missing');
  if (child(field, 'formula')) return problems;
  const type = textOf(field, 'type') ?? 'typeless';
  const rules = TYPE_RULES[type];
  if (!rules) return problems;
  for (const name of rules.needs ?? [])
    if (!child(field, name)) problems.push(`a ${type} field needs <${name}>`);
  for (const name of rules.refuses ?? [])
    if (child(field, name)) problems.push(`a ${type} field takes no <${name}>`);
  for (const [name, range] of Object.entries(rules.ranges ?? {}))
    problems.push(...withinRange(field, type, name, range));
  return [...problems, ...scaleProblems(field), ...(type === 'Lookup' ? lookupProblems(field) : [])];
}

function scaleProblems(field: MetadataElement): string[] {
  const [precision, scale] = [textOf(field, 'precision'), textOf(field, 'scale')];
  if (precision === undefined || scale === undefined || Number(scale) <= Number(precision)) return [];
  return [`<scale> ${scale} is more than <precision> ${precision}: precision counts all digits`];
}

function lookupProblems(field: MetadataElement): string[] {
  const constraint = textOf(field, 'deleteConstraint');
  const required = textOf(field, 'required') === 'true';
  if (constraint === undefined) return ['a Lookup field needs <deleteConstraint>'];
  if (required && constraint === 'SetNull')
    return ['a required Lookup cannot be set to null when its parent is deleted'];
  return [];
}

/** Events and custom settings take few types of fields. */
function kindProblems(catalog: Catalog, file: MetadataFile): string[] {
  const object = catalog.object(objectOf(file));
  const kind = object && kindOf(objectOf(file), object);
  if (!kind || kind === 'object') return [];
  const type = textOf(file.root, 'type') ?? '';
  const taken = TYPES_OF_KIND[kind];
  if (child(file.root, 'formula')) return [`${KIND_NAMES[kind]} takes no formula`];
  return taken.includes(type)
    ? []
    : [`${KIND_NAMES[kind]} takes no ${type} field; take one of ${taken.join(', ')}`];
}

function referenceProblems(catalog: Catalog, file: MetadataFile): string[] {
  const target = textOf(file.root, 'referenceTo');
  if (target === undefined || !/__(c|e|mdt)$/.test(target)) return [];
  const object = catalog.object(target);
  if (!object) return [`<referenceTo> names ${target}, which is not in the package`];
  return kindOf(target, object) === 'object'
    ? []
    : [`<referenceTo> names ${target}, which holds no records that a field can point to`];
}

/** Values of a picklist: one default, no name and no label twice. */
function valueProblems(field: MetadataElement): string[] {
  const values = below(field, 'value').filter((value) => child(value, 'fullName'));
  const defaults = values.filter((value) => textOf(value, 'default') === 'true');
  const twice = (element: string) =>
    doubled(values.map((value) => (textOf(value, element) ?? '').toLowerCase())).map(
      (text) => `the value '${text}' stands twice as <${element}>: leave one`,
    );
  return [
    ...(textOf(field, 'type') === 'Picklist' && defaults.length > 1
      ? [
          `a picklist has one default, and ${defaults.map((value) => textOf(value, 'fullName')).join(' and ')} are: leave one`,
        ]
      : []),
    ...twice('fullName'),
    ...twice('label'),
  ];
}
