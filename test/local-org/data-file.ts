import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** An object of JSON in `data` with each entry on a line of its own. An org asks for few entries, and only those are read. */
export class DataFile<T> {
  readonly #lines: ReadonlyMap<string, string>;
  readonly #entries = new Map<string, T>();

  constructor(name: string) {
    const text = gunzipSync(readFileSync(path.join(import.meta.dirname, 'data', name))).toString('utf8');
    const lines = text.split('\n').filter((line) => line.startsWith('"'));
    this.#lines = new Map(lines.map((line) => [line.slice(1, line.indexOf('":')), line]));
  }

  get names(): readonly string[] {
    return [...this.#lines.keys()];
  }

  entry(name: string): T | undefined {
    const known = this.#entries.get(name);
    const line = this.#lines.get(name);
    if (known !== undefined || line === undefined) return known;
    // The file is this project's own, made from what the platform publishes.
    const entry = JSON.parse(line.slice(line.indexOf('":') + 2).replace(/,$/, '')) as T;
    this.#entries.set(name, entry);
    return entry;
  }
}
