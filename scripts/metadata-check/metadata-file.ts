import { readFileSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';

/** An element of a metadata file: a value, or elements of its own. */
export interface MetadataElement {
  readonly name: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly MetadataElement[];
}

export interface MetadataFile {
  readonly file: string;
  /** The component's name, from the file's name: `Email__c` of `Email__c.field-meta.xml`. */
  readonly name: string;
  readonly root: MetadataElement;
}

const ATTRIBUTES = ':@';
const TEXT = '#text';
const parser = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
});

/** Reads a `-meta.xml` file. Throws with the line where it is not well-formed. */
export function readMetadataFile(file: string): MetadataFile {
  return parseMetadataFile(file, readFileSync(file, 'utf8'));
}

export function parseMetadataFile(file: string, xml: string): MetadataFile {
  SyntaxValidator.validate(xml);
  const [root] = elements(parser.parse(xml));
  if (!root) throw new Error('the file holds no element');
  return { file, name: path.basename(file).split('.').slice(0, -2).join('.'), root };
}

/** The first child of that name, or undefined. */
export function child(element: MetadataElement, name: string): MetadataElement | undefined {
  return element.children.find((candidate) => candidate.name === name);
}

/** The children of that name. */
export function all(element: MetadataElement, name: string): MetadataElement[] {
  return element.children.filter((candidate) => candidate.name === name);
}

/** The text of the first child of that name, or undefined. */
export function textOf(element: MetadataElement, name: string): string | undefined {
  return child(element, name)?.text;
}

/** The texts of the children of that name. */
export function textsOf(element: MetadataElement, name: string): string[] {
  return all(element, name).map(({ text }) => text);
}

/** Every element of that name below, however deep. */
export function below(element: MetadataElement, name: string): MetadataElement[] {
  return element.children.flatMap((each) => [...(each.name === name ? [each] : []), ...below(each, name)]);
}

/** The parser answers a list of one-key objects, `[{ fields: [ … ] }, { '#text': '…' }]`. */
function elements(nodes: unknown): MetadataElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: Record<string, unknown>) => {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
    if (name === undefined || name === TEXT) return [];
    const attributes = Object.entries(node[ATTRIBUTES] ?? {}).map(([key, value]) => [key, String(value)]);
    return [
      {
        name,
        text: text(node[name]),
        attributes: Object.fromEntries(attributes) as Record<string, string>,
        children: elements(node[name]),
      },
    ];
  });
}

function text(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return nodes.map((node: Record<string, unknown>) => (TEXT in node ? String(node[TEXT]) : '')).join('');
}
