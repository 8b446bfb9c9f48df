import { list, MetadataError, parseXml, text, type Xml } from '../database/metadata-xml.ts';
import type { Archive, Named } from './archive.ts';

/** A part of a deployment: what it is, where it stands, what it says. */
export interface Component {
  readonly type: string;
  readonly name: string;
  readonly file: string;
  /** Metadata of the component; Apex has none here but its source. */
  readonly xml: Xml;
  readonly source: string;
}

/** Something wrong with a part. */
export interface Problem {
  readonly type: string;
  readonly name: string;
  readonly file: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

interface Kind {
  readonly type: string;
  readonly folder: string;
  readonly ending: string;
}

/** The kinds of metadata that the org takes, with where their files stand in an archive. */
export const KINDS: readonly Kind[] = [
  { type: 'CustomObject', folder: 'objects', ending: 'object' },
  { type: 'PermissionSet', folder: 'permissionsets', ending: 'permissionset' },
  { type: 'Profile', folder: 'profiles', ending: 'profile' },
  { type: 'ApexClass', folder: 'classes', ending: 'cls' },
  { type: 'ApexTrigger', folder: 'triggers', ending: 'trigger' },
];
const isApex = (type: string): boolean => type === 'ApexClass' || type === 'ApexTrigger';

/** Parts of an archive in the order in which they are made, and what is wrong before any of them is. */
export function componentsOf(archive: Archive): { components: Component[]; problems: Problem[] } {
  const components: Component[] = [];
  const problems: Problem[] = [];
  for (const [file, source] of archive.files) {
    const kind = KINDS.find((each) => file.startsWith(`${each.folder}/`) && file.endsWith(`.${each.ending}`));
    if (!kind) continue;
    const name = file.slice(kind.folder.length + 1, -kind.ending.length - 1);
    try {
      components.push(...partsOf(archive, kind, name, file, source));
    } catch (error) {
      if (!(error instanceof MetadataError)) throw error;
      problems.push({ type: kind.type, name, file, message: error.problem });
    }
  }
  problems.push(...unnamed(archive, components), ...missing(archive, components, problems));
  const named = components.filter((part) => isNamed(archive, part));
  return { components: named.sort((left, right) => rank(left) - rank(right)), problems };
}

/** Fields are there before what gives rights to them, and Apex comes last. */
const RANKS = ['CustomObject', 'CustomField', 'PermissionSet', 'Profile', 'ApexClass', 'ApexTrigger'];
const rank = (part: Component): number => RANKS.indexOf(part.type);

function partsOf(archive: Archive, kind: Kind, name: string, file: string, source: string): Component[] {
  if (isApex(kind.type)) {
    const description = archive.files.get(`${file}-meta.xml`);
    if (description === undefined) throw new MetadataError(file, `File does not exist: ${file}-meta.xml`);
    const xml = parseXml(file, description, kind.type);
    if (text(xml, 'apiVersion') === null)
      throw new MetadataError(file, 'Required field is missing: apiVersion');
    return [{ type: kind.type, name, file, xml, source }];
  }
  const xml = parseXml(file, source, kind.type);
  if (kind.type !== 'CustomObject') return [{ type: kind.type, name, file, xml, source }];
  const fields = list(xml, 'fields').map((field) => ({
    type: 'CustomField',
    name: `${name}.${text(field, 'fullName') ?? ''}`,
    file,
    xml: field,
    source: '',
  }));
  return [{ type: 'CustomObject', name, file, xml, source }, ...fields];
}

const isSame = (left: Named, right: Named): boolean =>
  left.type === right.type && (right.name === '*' || left.name.toLowerCase() === right.name.toLowerCase());

/** A file of an object may be there for its fields alone. */
function isNamed(archive: Archive, part: Component): boolean {
  if (archive.members.some((named) => isSame(part, named))) return true;
  const [object = ''] = part.name.split('.');
  return (
    part.type === 'CustomField' &&
    archive.members.some((named) => isSame({ type: 'CustomObject', name: object }, named))
  );
}

function unnamed(archive: Archive, components: readonly Component[]): Problem[] {
  return components
    .filter((part) => !part.type.startsWith('Custom') && !isNamed(archive, part))
    .map(({ type, name, file }) => ({
      type,
      name,
      file,
      message: `The object '${name}' of type ${type} in zipped directory was not found in package.xml`,
    }));
}

function missing(
  archive: Archive,
  components: readonly Component[],
  problems: readonly Problem[],
): Problem[] {
  return archive.members
    .filter(
      (named) => named.name !== '*' && ![...components, ...problems].some((part) => isSame(part, named)),
    )
    .map(({ type, name }) => ({
      type,
      name,
      file: 'package.xml',
      message: RANKS.includes(type)
        ? `An object '${name}' of type ${type} was named in package.xml, but was not found in zipped directory`
        : `Unknown type name '${type}' specified in package.xml`,
    }));
}
