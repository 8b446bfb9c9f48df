import { readFileSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';

/** Metadata that the local org cannot read: the file and why. */
export class MetadataError extends Error {
  /** What is wrong, without the file. */
  readonly problem: string;
  /** The metadata may be right: it is the local org that cannot do what it says. */
  readonly isUnsupported: boolean;
  constructor(file: string, message: string, isUnsupported = false) {
    super(`${file}: ${message}`);
    this.name = 'MetadataError';
    this.problem = message;
    this.isUnsupported = isUnsupported;
  }
}

export type Xml = Readonly<Record<string, unknown>>;

const LISTS = new Set([
  'classAccesses',
  'customPermissions',
  'customValue',
  'displayedFields',
  'fieldPermissions',
  'fieldSets',
  'fields',
  'labels',
  'picklistValues',
  'objectPermissions',
  'recordTypes',
  'summaryFilterItems',
  'types',
  'validationRules',
  'value',
  'values',
]);
const parser = new XMLParser({
  parseTagValue: false,
  // A label's value is one text, and so is a custom metadata record's; a picklist's values are many.
  isArray: (name, at) =>
    LISTS.has(name) && at !== 'CustomLabels.labels.value' && at !== 'CustomMetadata.values.value',
  ignoreAttributes: false,
  attributeNamePrefix: '@',
});

/** The content of a metadata file's root element. */
export function readXml(file: string, root: string): Xml {
  return parseXml(file, readFileSync(file, 'utf8'), root);
}

/** The same of a text that came another way; `file` is where it says that it is from. */
export function parseXml(file: string, source: string, root: string): Xml {
  const parsed = parser.parse(source) as Record<string, unknown>;
  const content = parsed[root];
  if (content === '') return {};
  if (typeof content !== 'object' || content === null) throw new MetadataError(file, `<${root}> expected`);
  return content as Xml;
}

/** `Contact.object-meta.xml` and, in the format of the Metadata API, `Contact.object` are Contact. */
export function componentName(file: string): string {
  const base = path.basename(file);
  return base.endsWith('-meta.xml') ? base.split('.').slice(0, -2).join('.') : base.replace(/\.\w+$/, '');
}

export function text(xml: Xml, name: string): string | null {
  const written = xml[name];
  const value: unknown = Array.isArray(written) ? written[0] : written;
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && '#text' in value) return String(value['#text']);
  return null;
}

export function list(xml: Xml, name: string): readonly Xml[] {
  const value = xml[name];
  return Array.isArray(value) ? (value as Xml[]) : [];
}
