import { strFromU8, unzipSync } from 'fflate';
import { list, parseXml, text, type Xml } from '../database/metadata-xml.ts';

/** What a package.xml or a destructiveChanges.xml names. */
export interface Named {
  readonly type: string;
  readonly name: string;
}

/** A zip of metadata, unpacked. */
export interface Archive {
  /** Text by path below the package's folder. */
  readonly files: ReadonlyMap<string, string>;
  readonly members: readonly Named[];
  readonly deleted: readonly Named[];
  readonly version: string;
}

/** What makes the whole archive useless: the file it is about, and Salesforce's words. */
export class ArchiveError extends Error {
  readonly fileName: string;
  constructor(fileName: string, message: string) {
    super(message);
    this.fileName = fileName;
  }
}

/** Unpacks a zip. Throws ArchiveError where it is none, or has no package.xml. */
export function readArchive(zip: Uint8Array): Archive {
  const entries = unpacked(zip);
  const manifest = [...entries.keys()].find((name) => /^(?:[^/]+\/)?package\.xml$/.test(name));
  if (manifest === undefined) throw new ArchiveError('package.xml', 'No package.xml found');
  const folder = manifest.slice(0, -'package.xml'.length);
  const files = new Map(
    [...entries].flatMap(([name, content]) =>
      name.startsWith(folder) ? [[name.slice(folder.length), content] as const] : [],
    ),
  );
  const package_ = read('package.xml', files.get('package.xml') ?? '');
  const deletions = ['destructiveChanges.xml', 'destructiveChangesPre.xml', 'destructiveChangesPost.xml'];
  return {
    files,
    members: namedIn(package_),
    deleted: deletions.flatMap((file) => {
      const content = files.get(file);
      return content === undefined ? [] : namedIn(read(file, content));
    }),
    version: text(package_, 'version') ?? '',
  };
}

function unpacked(zip: Uint8Array): Map<string, string> {
  try {
    return new Map(
      Object.entries(unzipSync(zip))
        .filter(([name]) => !name.endsWith('/'))
        .map(([name, content]) => [name, strFromU8(content)]),
    );
  } catch {
    throw new ArchiveError('', 'Invalid zip file');
  }
}

function read(file: string, source: string): Xml {
  try {
    return parseXml(file, source, 'Package');
  } catch (error) {
    throw new ArchiveError(file, error instanceof Error ? error.message : String(error));
  }
}

function namedIn(xml: Xml): Named[] {
  return list(xml, 'types').flatMap((type) =>
    texts(type.members).map((name) => ({ type: text(type, 'name') ?? '', name })),
  );
}

function texts(value: unknown): string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((each): each is string => typeof each === 'string');
}
