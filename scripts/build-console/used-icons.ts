import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'rollup';

const ICONS = /^lightning\/iconSvgTemplates(Action|Custom|Doctype|Standard|Utility)(Rtl)?$/;
const VIRTUAL = '\0icons:';

/**
 * The base components hold every icon of the design system, two megabytes of them and most of the time of compiling. A page
 * gets those that it or a base component names; what is written from the right to the left, none.
 */
export function usedIcons(root: string, source: string): Plugin {
  const library = path.join(root, 'node_modules/lightning-base-components/src/lightning');
  let names: string[] | null = null;
  return {
    name: 'used-icons',
    resolveId: (id) => (ICONS.test(id) ? VIRTUAL + id : undefined),
    load(id) {
      if (!id.startsWith(VIRTUAL)) return undefined;
      const [, set = '', isMirrored] = ICONS.exec(id.slice(VIRTUAL.length)) ?? [];
      if (isMirrored !== undefined) return 'export default {};';
      names ??= [...new Set([source, library].flatMap(iconsNamed))].sort();
      return templatesOf(library, set, names);
    },
  };
}

/** A module with the templates of a set that are named, each by its name in the design system. */
function templatesOf(library: string, set: string, names: readonly string[]): string {
  const folder = path.join(library, `iconSvgTemplates${set}/buildTemplates`, set.toLowerCase());
  const found = names
    .filter((name) => name.startsWith(`${set.toLowerCase()}:`))
    .map((name) => ({
      key: name.replace(':', '_'),
      file: path.join(folder, `${name.split(':')[1] ?? ''}.html`),
    }))
    .filter(({ file }) => existsSync(file));
  return [
    ...found.map(({ key, file }) => `import ${key} from '${file}';`),
    `export default { ${found.map(({ key }) => key).join(', ')} };`,
  ].join('\n');
}

/** Icons that scripts and templates below a folder name, such as `utility:search`. */
export function iconsNamed(folder: string): string[] {
  const names = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|html)$/.test(entry.name) || entry.parentPath.includes('iconSvg')) continue;
    const text = readFileSync(path.join(entry.parentPath, entry.name), 'utf8');
    for (const [name] of text.matchAll(/\b(?:action|custom|doctype|standard|utility):\w+/g)) names.add(name);
  }
  return [...names].sort();
}
