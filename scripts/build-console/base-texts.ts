import type { Plugin } from 'rollup';
import { FRENCH } from './base-texts-french.ts';

const LOCALES = new Set(['@salesforce/i18n/lang', '@salesforce/i18n/locale']);
const VIRTUAL = '\0base-text:';

/**
 * The base components ask for their own words as modules, `@salesforce/label/…`, which npm has in English only. The console
 * gives them the words of its language; what it has no French for stays English.
 */
export function baseTexts(): Plugin {
  return {
    name: 'base-texts',
    async resolveId(id, importer) {
      if (!(id in FRENCH) && !LOCALES.has(id)) return null;
      const english = await this.resolve(id, importer, { skipSelf: true });
      if (!english) throw new Error(`The base components have no ${id} any more: look at baseTexts().`);
      return `${VIRTUAL}${id} ${english.id}`;
    },
    load(id) {
      if (!id.startsWith(VIRTUAL)) return null;
      const [name = '', english = ''] = id.slice(VIRTUAL.length).split(/ (.*)/, 2);
      return LOCALES.has(name) ? localeOf() : textOf(FRENCH[name] ?? '', english);
    },
  };
}

const localeOf = (): string => "export { language as default } from 'di/language';";

const textOf = (french: string, english: string): string =>
  [
    "import { language } from 'di/language';",
    `import english from ${JSON.stringify(english)};`,
    `export default language === 'fr' ? ${JSON.stringify(french)} : english;`,
  ].join('\n');
