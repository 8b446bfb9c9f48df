import { kindOf, objectOf, type Catalog, type MetadataProblem } from './catalog.ts';
import { below, child, textOf, type MetadataElement, type MetadataFile } from './metadata-file.ts';

/** Most characters of a value of a picklist, as it is stored and as it is shown (Help: Picklist Limitations). */
const LONGEST_VALUE = 255;
const LONGEST_NAME = 40;
/** Begins with a letter, does not end with an underscore, and has no two in a row. */
const DEVELOPER_NAME = /^[A-Za-z](?:_?[A-Za-z0-9])*$/;
/** What only fields of records have: an event is no record, and a custom setting keeps no history. */
const NOT_OF_KIND = {
  event: ['unique', 'externalId', 'trackHistory', 'trackFeedHistory'],
  setting: ['trackHistory', 'trackFeedHistory'],
} as const;

/** What stands in a field's elements: names, defaults and values (Metadata API Developer Guide: CustomField). */
export function checkFieldValues(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('CustomField').values()].flatMap((file) =>
    [
      ...relationProblems(file.root),
      ...defaultProblems(file.root),
      ...picklistProblems(file.root),
      ...kindProblems(catalog, file),
    ].map((problem) => ({ file: file.file, problem })),
  );
}

function relationProblems(field: MetadataElement): string[] {
  const name = textOf(field, 'relationshipName');
  const problems: string[] = [];
  if (name !== undefined && (!DEVELOPER_NAME.test(name) || name.length > LONGEST_NAME))
    problems.push(`<relationshipName> '${name}' is not a name: letters, digits and single underscores`);
  if (textOf(field, 'type') === 'Lookup' && textOf(field, 'deleteConstraint') === 'Cascade')
    problems.push('<deleteConstraint> Cascade is for orgs that asked for it: take SetNull or Restrict');
  return problems;
}

/** A default is a formula, but for a checkbox: text stands in quotes. */
function defaultProblems(field: MetadataElement): string[] {
  const value = textOf(field, 'defaultValue');
  if (value === undefined) return [];
  const type = textOf(field, 'type') ?? '';
  if (type === 'Checkbox' && !['true', 'false'].includes(value))
    return [`<defaultValue> of a checkbox is true or false, not ${value}`];
  if (['Text', 'TextArea', 'LongTextArea', 'Email', 'Phone', 'Url'].includes(type) && /^\w+$/.test(value))
    return [`<defaultValue> is a formula: put the text ${value} in quotes`];
  if (['Number', 'Currency', 'Percent'].includes(type) && Number.isNaN(Number(value)))
    return [`<defaultValue> of a ${type} field is a number, not ${value}`];
  return [];
}

function picklistProblems(field: MetadataElement): string[] {
  return below(field, 'value').flatMap((value) => {
    const name = textOf(value, 'fullName');
    if (name === undefined) return [];
    return [
      ...(textOf(value, 'label') ? [] : [`the value ${name} has no <label>`]),
      ...['fullName', 'label']
        .filter((each) => (textOf(value, each) ?? '').length > LONGEST_VALUE)
        .map((each) => `<${each}> of a value is longer than ${LONGEST_VALUE} characters`),
    ];
  });
}

function kindProblems(catalog: Catalog, file: MetadataFile): string[] {
  const object = catalog.object(objectOf(file));
  if (!object) return [];
  const kind = kindOf(objectOf(file), object);
  const has = (name: string) => textOf(file.root, name) === 'true';
  if (kind !== 'object')
    return NOT_OF_KIND[kind]
      .filter(has)
      .map(
        (name) =>
          `a field of ${kind === 'event' ? 'a platform event' : 'a custom setting'} takes no <${name}>`,
      );
  return has('trackHistory') && child(object, 'label') && textOf(object, 'enableHistory') !== 'true'
    ? ['<trackHistory> is of a field whose object keeps no history: set <enableHistory> of the object']
    : [];
}
