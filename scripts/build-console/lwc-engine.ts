import type { Plugin } from 'rollup';

/** The newest version of LWC's API that the base components in npm compile with. */
export const LWC_API_VERSION = 62;

/** The rollup plugin would resolve `lwc` to its server build. */
export function engine(): Plugin {
  return {
    name: 'lwc-engine',
    resolveId(id) {
      return id === 'lwc' ? this.resolve('@lwc/engine-dom') : undefined;
    },
  };
}

/** What the engine asks of a bundler: it is not on a server, and not being developed. */
export function environment(): Plugin {
  return {
    name: 'environment',
    transform: (code) =>
      code
        .replaceAll('import.meta.env.SSR', 'false')
        .replaceAll('process.env.NODE_ENV', JSON.stringify('production')),
  };
}

const GLOBAL_SHEET = 'const cacheData = getCacheData(content, false);';
const STYLE_ELEMENT = 'insertStyleElement(content, document.head, cacheData, signal);';

/**
 * Has the engine adopt its style sheets rather than write style elements, which a policy without inline styles refuses.
 * Fails the build where the engine reads otherwise than expected.
 */
export function globalStyleSheets(): Plugin {
  return {
    name: 'global-style-sheets',
    transform(code, id) {
      if (!id.endsWith('@lwc/engine-dom/dist/index.js')) return null;
      if (!code.includes(GLOBAL_SHEET) || !code.includes(STYLE_ELEMENT))
        throw new Error('LWC inserts global style sheets in another way now: look at globalStyleSheets().');
      return code
        .replace(GLOBAL_SHEET, 'const cacheData = getCacheData(content, true);')
        .replace(STYLE_ELEMENT, 'insertConstructableStylesheet(content, document, cacheData, signal);');
    },
  };
}
