import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'rollup';
import { auraMethods, ROOT } from './components.ts';
import { labels } from './labels.ts';

const VIRTUAL = '\0platform:';

/**
 * What the platform supplies to a component: Apex methods, labels, permissions, toasts, navigation. A name that the package does not
 * hold fails the build, as a deployment would.
 */
export function platformModules(): Plugin {
  const methods = auraMethods();
  return {
    name: 'platform-modules',
    resolveId(id) {
      return sourceOf(id, methods) === undefined ? undefined : VIRTUAL + id;
    },
    load(id) {
      return id.startsWith(VIRTUAL) ? sourceOf(id.slice(VIRTUAL.length), methods) : undefined;
    },
  };
}

type Methods = ReturnType<typeof auraMethods>;

function sourceOf(id: string, methods: Methods): string | undefined {
  if (id in MODULES) return MODULES[id];
  if (id.startsWith('@salesforce/apex/')) return apexMethod(path.basename(id), methods);
  if (id.startsWith('@salesforce/label/c.')) return label(path.basename(id).slice(2));
  if (id.startsWith('@salesforce/customPermission/')) return customPermission(path.basename(id));
  return undefined;
}

function customPermission(name: string): string {
  const file = `force-app/main/app/customPermissions/${name}.customPermission-meta.xml`;
  if (!existsSync(path.join(ROOT, file)))
    throw new Error(`There is no custom permission ${name} in the package.`);
  return `import { customPermission } from '/lightning/platform.js'; export default customPermission('${name}');`;
}

function apexMethod(name: string, methods: Methods): string {
  const [className = '', method = ''] = name.split('.');
  if (!methods.get(className)?.has(method))
    throw new Error(`There is no @AuraEnabled method ${className}.${method} in the package.`);
  return `import { apexMethod } from '/lightning/platform.js'; export default apexMethod('${className}', '${method}');`;
}

function label(name: string): string {
  if (!labels('en_US').has(name)) throw new Error(`There is no custom label ${name} in the package.`);
  return `import { label } from '/lightning/platform.js'; export default label('${name}');`;
}

const MODULES: Readonly<Record<string, string>> = {
  '@salesforce/apex': `export { refreshApex } from '/lightning/platform.js';`,
  'lightning/platformShowToastEvent': `export class ShowToastEvent extends CustomEvent {
    constructor(detail) { super('lightning__showtoast', { detail, bubbles: true, composed: true }); }
  }`,
  'lightning/navigation': `export { NavigationMixin } from '/lightning/platform.js';`,
};
