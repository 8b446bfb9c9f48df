import path from 'node:path';
import { child, textOf, textsOf, type MetadataElement, type MetadataFile } from './metadata-file.ts';
import type { PackageSource } from './package-source.ts';

/** What an org would refuse: which file, what is wrong, and what to do. */
export interface MetadataProblem {
  readonly file: string;
  readonly problem: string;
}

/** One kind of check over the whole package. */
export type Check = (catalog: Catalog) => MetadataProblem[];

export type ObjectKind = 'object' | 'event' | 'setting';

/** Types whose files lie below the folder of their object, and are named with it: `DI_Outbox__c.Status__c`. */
const OF_OBJECTS = new Set([
  'CustomField',
  'ListView',
  'CompactLayout',
  'FieldSet',
  'RecordType',
  'ValidationRule',
]);

/** Every component of the package by type and name: what references may name. */
export class Catalog {
  readonly source: PackageSource;
  readonly files: readonly MetadataFile[];
  /** The custom labels by name, with their elements. */
  readonly labels: ReadonlyMap<string, MetadataElement>;
  readonly #components = new Map<string, Map<string, MetadataFile>>();

  constructor(source: PackageSource, files: readonly MetadataFile[]) {
    this.source = source;
    this.files = files;
    for (const file of files) {
      const type = file.root.name;
      const known = this.#components.get(type) ?? new Map<string, MetadataFile>();
      this.#components.set(type, known.set(fullName(file), file));
    }
    const labels = [...this.of('CustomLabels').values()].flatMap(({ root }) => root.children);
    this.labels = new Map(labels.map((label) => [textOf(label, 'fullName') ?? '', label]));
  }

  /** The components of a type with their full names. */
  of(type: string): ReadonlyMap<string, MetadataFile> {
    return this.#components.get(type) ?? new Map();
  }

  has(type: string, name: string): boolean {
    return this.of(type).has(name);
  }

  object(name: string): MetadataElement | undefined {
    return this.of('CustomObject').get(name)?.root;
  }

  field(object: string, name: string): MetadataElement | undefined {
    return this.of('CustomField').get(`${object}.${name}`)?.root;
  }

  /** The fields of an object with their names. */
  fieldsOf(object: string): [name: string, field: MetadataElement][] {
    return [...this.of('CustomField')]
      .filter(([name]) => name.startsWith(`${object}.`))
      .map(([, file]) => [file.name, file.root]);
  }

  /** The text of a class, or undefined where the package has none of the name. */
  classBody(name: string): string | undefined {
    return this.#body(this.of('ApexClass').get(name));
  }

  /** The script of a web component, or undefined. */
  script(component: string): string | undefined {
    return this.#body(this.of('LightningComponentBundle').get(component));
  }

  /** Where a web component may be put: nowhere where it is not exposed. */
  targets(component: string): string[] {
    const root = this.of('LightningComponentBundle').get(component)?.root;
    const targets = root && textOf(root, 'isExposed') === 'true' ? child(root, 'targets') : undefined;
    return targets ? textsOf(targets, 'target') : [];
  }

  #body(file: MetadataFile | undefined): string | undefined {
    return file && this.source.get(file.file.replace(/-meta\.xml$/, ''));
  }
}

/** `…/objects/DI_Outbox__c/fields/Status__c.field-meta.xml` belongs to DI_Outbox__c. */
export function objectOf(file: MetadataFile): string {
  return path.basename(path.dirname(path.dirname(file.file)));
}

/** How a component is named by others. */
export function fullName(file: MetadataFile): string {
  return OF_OBJECTS.has(file.root.name) ? `${objectOf(file)}.${file.name}` : file.name;
}

export function kindOf(name: string, object: MetadataElement): ObjectKind {
  if (name.endsWith('__e')) return 'event';
  return child(object, 'customSettingsType') ? 'setting' : 'object';
}

/** Whether a name is one that only a package's or customer's own thing has. */
export function isCustom(name: string): boolean {
  return /__(c|e|r|mdt)$/.test(name);
}

/** Names that stand more than once. */
export function doubled(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
