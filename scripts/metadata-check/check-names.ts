import { doubled, objectOf, type Catalog, type MetadataProblem } from './catalog.ts';
import { all, below, textOf, type MetadataElement, type MetadataFile } from './metadata-file.ts';

/** How long names and texts may be, by type and element; the name of a component without its `__c`. */
const LONGEST: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ApexClass: { name: 40 },
  ApexTrigger: { name: 40 },
  CompactLayout: { name: 40, label: 40 },
  CustomApplication: { name: 40, label: 40, description: 255 },
  CustomField: {
    ...{ name: 40, label: 40, description: 1000, inlineHelpText: 510 },
    ...{ relationshipName: 40, relationshipLabel: 80 },
  },
  CustomFieldTranslation: { label: 40, help: 510, relationshipLabel: 80 },
  CustomNotificationType: { name: 80, masterLabel: 80, description: 255 },
  CustomObject: { name: 40, label: 40, pluralLabel: 40, description: 1000 },
  CustomPermission: { name: 80, label: 80, description: 255 },
  CustomTab: { name: 80, label: 40, description: 255 },
  FlexiPage: { name: 80, masterLabel: 80, description: 255 },
  LightningComponentBundle: { name: 40, masterLabel: 80 },
  ListView: { name: 40, label: 40 },
  PermissionSet: { name: 80, label: 80, description: 255 },
  ReportType: { name: 50, label: 50, description: 255 },
  RemoteSiteSetting: { name: 80, url: 255, description: 255 },
};

/** Names as the platform takes them, of a length that it takes, and none of them twice. */
export function checkNames(catalog: Catalog): MetadataProblem[] {
  return [
    ...catalog.files.flatMap((file) =>
      [...lengthProblems(file), ...spellingProblems(file), ...prefixProblems(file)].map((problem) => ({
        file: file.file,
        problem,
      })),
    ),
    ...twice(catalog),
    ...relationshipsTwice(catalog),
  ];
}

function lengthProblems(file: MetadataFile): string[] {
  const longest = LONGEST[file.root.name] ?? {};
  return Object.entries(longest).flatMap(([element, most]) => {
    const texts =
      element === 'name' ? [developerName(file)] : topLevel(file.root, element).map(({ text }) => text);
    return texts
      .map((text) => text.replace(/\s+/g, ' ').trim())
      .filter((text) => text.length > most)
      .map((text) => `<${element}> has ${text.length} characters, and ${most} are allowed: shorten it`);
  });
}

const topLevel = (root: MetadataElement, name: string) => root.children.filter((each) => each.name === name);

/** The name as it was typed, without what the platform puts behind it. */
const developerName = (file: MetadataFile) => file.name.replace(/__(c|e|mdt)$/, '');

/** Types whose names are spelled by rules of their own. */
const SPELLED_OTHERWISE = new Set([
  ...['CustomFieldTranslation', 'CustomObjectTranslation', 'Layout', 'Translations', 'CustomLabels'],
  'LightningComponentBundle',
]);

function spellingProblems(file: MetadataFile): string[] {
  const name = developerName(file);
  if (file.root.name === 'LightningComponentBundle')
    return /^[a-z]\w*$/.test(name) && !/_$|__/.test(name)
      ? []
      : [`a web component's name begins with a small letter and holds letters and digits: rename ${name}`];
  if (SPELLED_OTHERWISE.has(file.root.name)) return [];
  return /^[A-Za-z]\w*$/.test(name) && !/_$|__/.test(name)
    ? []
    : [
        `${name} is not a name that Salesforce takes: letters, digits and single underscores, a letter first, no underscore last`,
      ];
}

/** How code of ours is told from the org's own, where no namespace does. */
const PREFIXES: Readonly<Record<string, RegExp>> = {
  ApexClass: /^DI_/,
  ApexTrigger: /^DI_/,
  LightningComponentBundle: /^di[A-Z]/,
};

/** A deployment from source overwrites whatever has the same name: a class, a label or a component of the org's own. */
function prefixProblems(file: MetadataFile): string[] {
  if (file.root.name === 'CustomLabels')
    return all(file.root, 'labels')
      .map((label) => textOf(label, 'fullName') ?? '')
      .filter((name) => !name.startsWith('DI_'))
      .map((name) => prefixProblem(`label ${name}`, `DI_${name}`));
  const name = developerName(file);
  if (PREFIXES[file.root.name]?.test(name) ?? true) return [];
  const own = file.root.name === 'LightningComponentBundle' ? `di${capitalized(name)}` : `DI_${name}`;
  return [prefixProblem(name, own)];
}

const prefixProblem = (name: string, own: string) =>
  `an org may have its own ${name}, which a deployment would overwrite: rename it ${own}`;

const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Names are the same in capitals and small letters. */
function twice(catalog: Catalog): MetadataProblem[] {
  const keys = catalog.files.map((file) => `${file.root.name} ${identity(file)}`.toLowerCase());
  const repeated = new Set(doubled(keys));
  return catalog.files
    .filter((_file, index) => repeated.has(keys[index] ?? ''))
    .map((file) => ({
      file: file.file,
      problem: `there are two components named ${identity(file)}: rename one`,
    }));
}

/** What tells a component from others of its type: its name, and where it has one its object or translation. */
function identity(file: MetadataFile): string {
  const ofObject = /\/objects\/[^/]+\/[^/]+\/[^/]+$/.test(file.file);
  if (ofObject) return `${objectOf(file)}.${file.name}`;
  return file.root.name === 'CustomFieldTranslation' ? file.file : file.name;
}

/** Two fields that point to one object need two names for the way back. */
function relationshipsTwice(catalog: Catalog): MetadataProblem[] {
  const relations = [...catalog.of('CustomField').values()].flatMap((file) => {
    const name = textOf(file.root, 'relationshipName');
    return name === undefined ? [] : [{ file, key: `${below(file.root, 'referenceTo')[0]?.text}.${name}` }];
  });
  const repeated = new Set(doubled(relations.map(({ key }) => key)));
  return relations
    .filter(({ key }) => repeated.has(key))
    .map(({ file, key }) => ({
      file: file.file,
      problem: `another field has the relationship name ${key} too: give each field its own`,
    }));
}
