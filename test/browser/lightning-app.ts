import { readFileSync } from 'node:fs';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { labels } from './compile/labels.ts';
import { ROOT } from './compile/components.ts';
import type { Vendor } from './compile/vendor.ts';

const APP = path.join(ROOT, 'force-app/main/app');
const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name) => name === 'tabs' || name === 'customTabs',
});

/** A tab of the Lightning app that shows a screen of ours. */
export interface Tab {
  readonly name: string;
  readonly label: string;
  /** The component of the tab's page. */
  readonly component: string;
}

const applicationFile = z.object({ CustomApplication: z.object({ tabs: z.array(z.string()) }) });
const tabFile = z.object({ CustomTab: z.object({ label: z.string(), flexiPage: z.string() }) });
const pageFile = z.object({
  FlexiPage: z.object({
    flexiPageRegions: z.object({
      itemInstances: z.object({ componentInstance: z.object({ componentName: z.string() }) }),
    }),
  }),
});
const translationsFile = z.object({
  Translations: z.object({ customTabs: z.array(z.object({ name: z.string(), label: z.string() })) }),
});

/** The app's tabs as its metadata has them: application → tab → page → component. Object tabs are the org's own. */
export function lightningTabs(language: string): Tab[] {
  const { tabs } = applicationFile.parse(read('applications/DI_Connect.app-meta.xml')).CustomApplication;
  const translated = new Map(
    language === 'en_US'
      ? []
      : translationsFile
          .parse(read(`../../translations/translations/${language}.translation-meta.xml`))
          .Translations.customTabs.map(({ name, label }) => [name, label]),
  );
  return tabs
    .filter((name) => !name.endsWith('__c'))
    .map((name) => {
      const { label, flexiPage } = tabFile.parse(read(`tabs/${name}.tab-meta.xml`)).CustomTab;
      const page = pageFile.parse(read(`flexipages/${flexiPage}.flexipage-meta.xml`));
      const { componentName } = page.FlexiPage.flexiPageRegions.itemInstances.componentInstance;
      return { name, label: translated.get(name) ?? label, component: componentName };
    });
}

function read(file: string): unknown {
  return parser.parse(readFileSync(path.join(APP, file), 'utf8'));
}

/** The record of a record page, and the custom permissions of whoever looks at it. */
export interface RecordPage {
  readonly recordId: string;
  readonly permissions: readonly string[];
}

/** The page of a tab, or of a record, in a language. */
export function pageOf(
  tab: Tab,
  tabs: readonly Tab[],
  vendor: Vendor,
  language: string,
  record: RecordPage | null = null,
): string {
  const imports = Object.fromEntries(
    [...vendor.modules].map(([name, file]) => [name, `/lightning/vendor/${file}`]),
  );
  const links = tabs
    .map(
      ({ name, label }) =>
        `<li class="slds-context-bar__item${name === tab.name ? ' slds-is-active' : ''}">
           <a class="slds-context-bar__label-action" href="/lightning/n/${name}?language=${language}"${name === tab.name ? ' aria-current="page"' : ''}>${label}</a>
         </li>`,
    )
    .join('');
  return `<!doctype html>
<html lang="${language.replace('_', '-')}">
<head>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>${tab.label} | DI Connect</title>
<link rel="stylesheet" href="/lightning/slds/styles/salesforce-lightning-design-system.min.css">
<style>
  html, body { background: #f3f3f3; } main { padding: 1rem; max-width: 1280px; margin: auto; }
  #toasts { position: fixed; top: .5rem; left: 0; right: 0; z-index: 10000; display: grid; justify-items: center; pointer-events: none; }
  #toasts > div { display: block; }
</style>
<script type="application/json" id="labels">${JSON.stringify(Object.fromEntries(labels(language))).replaceAll('<', '\\u003c')}</script>
<script type="application/json" id="permissions">${JSON.stringify(record?.permissions ?? [])}</script>
<script type="importmap">${JSON.stringify({ imports })}</script>
</head>
<body data-component="${tab.component}"${record === null ? '' : ` data-record-id="${record.recordId}"`}>
<nav class="slds-context-bar" aria-label="DI Connect">
  <div class="slds-context-bar__primary"><span class="slds-context-bar__label-action slds-context-bar__app-name">DI Connect</span></div>
  <ul class="slds-context-bar__secondary slds-grid">${links}</ul>
</nav>
<div id="toasts" aria-live="polite"></div>
<main id="screen"></main>
<script type="module" src="/lightning/shell.js"></script>
</body>
</html>`;
}
