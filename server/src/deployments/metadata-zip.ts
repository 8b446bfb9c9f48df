import { XMLBuilder } from 'fast-xml-parser';
import { strToU8, zipSync } from 'fflate';

/** The Metadata API's version that everything here is written for. */
export const METADATA_VERSION = '65.0';

/** An element's value, its elements in the order in which the Metadata API has them, or several of the same name. */
export type MetadataValue =
  string | number | boolean | MetadataNode | readonly MetadataNode[] | readonly string[];
export interface MetadataNode {
  readonly [element: string]: MetadataValue;
}

/** Names of components by their metadata type. */
export type Members = Readonly<Record<string, readonly string[]>>;

// eslint-disable-next-line @typescript-eslint/no-deprecated -- the builder alone is a package of its own, which we do not have
const builder = new XMLBuilder({
  format: true,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressBooleanAttributes: false,
});
/** What XML 1.0 cannot hold, however it is written. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNWRITABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

/** A file of metadata, `CustomObject` or another type its root. */
export function metadataXml(type: string, content: MetadataNode): string {
  const root = { '@xmlns': 'http://soap.sforce.com/2006/04/metadata', ...clean(content) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [type]: root })}`;
}

function clean(node: MetadataNode): MetadataNode {
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, cleanValue(value)]));
}

function cleanValue(value: MetadataValue): MetadataValue {
  if (typeof value === 'string') return value.replace(UNWRITABLE, '');
  if (typeof value !== 'object') return value;
  if (!isList(value)) return clean(value);
  return value.map((each) => (typeof each === 'string' ? each.replace(UNWRITABLE, '') : clean(each))) as
    readonly MetadataNode[] | readonly string[];
}

function isList(
  value: MetadataNode | readonly MetadataNode[] | readonly string[],
): value is readonly MetadataNode[] | readonly string[] {
  return Array.isArray(value);
}

/** What is deployed: files by their path, the components in them, and components to be removed. */
export interface MetadataPackage {
  readonly files: Readonly<Record<string, string>>;
  readonly members: Members;
  readonly removed?: Members;
}

/** The zip of a package, as the Metadata API takes it: package.xml at its root. */
export function metadataZip({ files, members, removed }: MetadataPackage): Buffer {
  const all = {
    'package.xml': manifest(members),
    ...(removed && { 'destructiveChanges.xml': manifest(removed) }),
    ...files,
  };
  const bytes = Object.entries(all).map(([path, text]) => [path, strToU8(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(bytes)));
}

function manifest(members: Members): string {
  const types = Object.entries(members).map(([name, names]) => ({ members: names, name }));
  return metadataXml('Package', { types, version: METADATA_VERSION });
}
