import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../../..');
/** What the package ships. */
export const SOURCE = path.join(ROOT, 'force-app/main');

/** One bundle of force-app: `c/diTransferList` and the folder it stands in. */
export interface Bundle {
  readonly name: string;
  readonly folder: string;
}

/** Every Lightning web component of the package, by the folder it stands in. */
export function bundles(): Bundle[] {
  return readdirSync(SOURCE).flatMap((concern) => {
    const folder = path.join(SOURCE, concern, 'lwc');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => ({ name: entry.name, folder: path.join(folder, entry.name) }));
  });
}

/** Files of a bundle that go into the browser. */
export function bundleFiles(bundle: Bundle): string[] {
  return readdirSync(bundle.folder)
    .filter((name) => /\.(js|html|css)$/.test(name))
    .map((name) => path.join(bundle.folder, name));
}

/** The base components that the package's templates and scripts name, such as `lightning/button`. */
export function baseComponents(): string[] {
  const names = new Set<string>();
  for (const file of bundles().flatMap(bundleFiles)) {
    const text = readFileSync(file, 'utf8');
    for (const [, tag = ''] of text.matchAll(/<lightning-([a-z0-9-]+)/g))
      names.add(`lightning/${tag.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}`);
    for (const [, module = ''] of text.matchAll(/from '(lightning\/\w+)'/g)) names.add(module);
  }
  for (const name of STAND_INS) names.delete(name);
  return [...names].sort();
}

/** What the platform supplies and npm does not; platform-modules.ts has small ones of our own. */
export const STAND_INS = new Set(['lightning/platformShowToastEvent', 'lightning/navigation']);

/** `@AuraEnabled`, other annotations and comments after it, and the static method that they are of. */
const AURA_METHOD =
  /@AuraEnabled(?:\s*(?:@\w+|\([^()]*\)|\/\/[^\n]*))*\s+public static [\w.<>, ]+? (\w+)\(/gi;

/** Each class of the package with the methods that a screen may call. */
export function auraMethods(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const concern of readdirSync(SOURCE)) {
    const folder = path.join(SOURCE, concern, 'classes');
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.cls'))) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      const methods = [...text.matchAll(AURA_METHOD)];
      if (methods.length > 0)
        found.set(path.basename(file, '.cls'), new Set(methods.map(([, name = '']) => name)));
    }
  }
  return found;
}
