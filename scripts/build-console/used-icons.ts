import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'rollup';

const ICONS = /^lightning\/iconSvgTemplates(\w+)$/;
const VIRTUAL = '\0icons:';

/**
 * The base components hold every icon of the design system, two megabytes of them. The console gets those that it or a base
 * component names.
 */
export function usedIcons(root: string, source: string): Plugin {
  const library = path.join(root, 'node_modules/lightning-base-components/src/lightning');
  const templates = path.join(library, 'iconSvgTemplatesUtility/buildTemplates/utility');
  return {
    name: 'used-icons',
    resolveId: (id) => (ICONS.test(id) ? VIRTUAL + id : undefined),
    load(id) {
      if (!id.startsWith(VIRTUAL)) return undefined;
      if (!id.endsWith('iconSvgTemplatesUtility')) return 'export default {};';
      const names = iconsNamed([source, library]).filter((name) =>
        existsSync(path.join(templates, `${name}.html`)),
      );
      return [
        ...names.map((name) => `import utility_${name} from '${path.join(templates, `${name}.html`)}';`),
        `export default { ${names.map((name) => `utility_${name}`).join(', ')} };`,
      ].join('\n');
    },
  };
}

function iconsNamed(folders: readonly string[]): string[] {
  const names = new Set<string>();
  for (const folder of folders)
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(js|html)$/.test(entry.name) || entry.parentPath.includes('iconSvg'))
        continue;
      const text = readFileSync(path.join(entry.parentPath, entry.name), 'utf8');
      for (const [, name = ''] of text.matchAll(/utility:(\w+)/g)) names.add(name);
    }
  return [...names].sort();
}
