import { readFileSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { ROOT } from './components.ts';

const APP = path.join(ROOT, 'force-app/main/app');
const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => ['labels', 'customLabels'].includes(name),
});

interface LabelsFile {
  readonly CustomLabels: {
    readonly labels: readonly { readonly fullName: string; readonly value: string }[];
  };
}
interface TranslationsFile {
  readonly Translations: {
    readonly customLabels?: readonly { readonly name: string; readonly label: string }[];
  };
}

/** Custom labels by name, in a language: `en_US` or one that force-app has translations for. */
export function labels(language: string): Map<string, string> {
  const base = read<LabelsFile>(path.join(APP, 'labels/CustomLabels.labels-meta.xml'));
  const found = new Map(base.CustomLabels.labels.map(({ fullName, value }) => [fullName, value]));
  if (language === 'en_US') return found;
  const translated = read<TranslationsFile>(path.join(APP, `translations/${language}.translation-meta.xml`));
  for (const { name, label } of translated.Translations.customLabels ?? []) found.set(name, label);
  return found;
}

function read<T>(file: string): T {
  return parser.parse(readFileSync(file, 'utf8')) as T;
}
