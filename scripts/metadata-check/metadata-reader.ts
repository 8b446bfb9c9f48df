import { checkShape } from './check-shape.ts';
import { parseMetadataFile, type MetadataFile } from './metadata-file.ts';
import { MetadataTypes } from './metadata-types.ts';

/** What the platform reads as metadata. */
const NAMESPACE = 'http://soap.sforce.com/2006/04/metadata';

interface Reading {
  readonly xml: string;
  /** Null where the file is not well-formed. */
  readonly metadata: MetadataFile | null;
  readonly problems: readonly string[];
}

/** Reads each file once, however often a package is looked at that differs from the last one in a file. */
export class MetadataReader {
  readonly #types = new MetadataTypes();
  readonly #readings = new Map<string, Reading>();

  /** A file with what is wrong with it by itself. */
  read(file: string, xml: string): Reading {
    const known = this.#readings.get(file);
    if (known?.xml === xml) return known;
    const reading = this.#read(file, xml);
    this.#readings.set(file, reading);
    return reading;
  }

  #read(file: string, xml: string): Reading {
    try {
      const metadata = parseMetadataFile(file, xml);
      const problems = checkShape(this.#types, metadata.root);
      if (metadata.root.attributes.xmlns !== NAMESPACE) problems.push(`<xmlns> is ${NAMESPACE}`);
      return { xml, metadata, problems };
    } catch (error) {
      return { xml, metadata: null, problems: [error instanceof Error ? error.message : String(error)] };
    }
  }
}
