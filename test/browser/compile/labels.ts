import { readFileSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { ROOT } from './components.ts';

const PACKAGE = path.join(ROOT, 'force-app');
const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => ['labels', 'customLabels'].includes(name),
});

const labelsFile = z.object({
  CustomLabels: z.object({ labels: z.array(z.object({ fullName: z.string(), value: z.string() })) }),
});
const translationsFile = z.object({
  Translations: z.object({ customLabels: z.array(z.object({ name: z.string(), label: z.string() })) }),
});

/** Custom labels by name, in a language: `en_US` or one that force-app has translations for. */
export function labels(language: string): Map<string, string> {
  const base = labelsFile.parse(read('main/app/labels/CustomLabels.labels-meta.xml'));
  const found = new Map(base.CustomLabels.labels.map(({ fullName, value }) => [fullName, value]));
  if (language === 'en_US') return found;
  const translated = translationsFile.parse(
    read(`translations/translations/${language}.translation-meta.xml`),
  );
  for (const { name, label } of translated.Translations.customLabels) found.set(name, label);
  return found;
}

function read(file: string): unknown {
  return parser.parse(readFileSync(path.join(PACKAGE, file), 'utf8'));
}
