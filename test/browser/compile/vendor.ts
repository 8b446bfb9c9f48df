import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup, type Plugin } from 'rollup';
import { baseComponents, ROOT, SOURCE } from './components.ts';
import { cachedTransforms } from '../../../scripts/build-console/cached-transforms.ts';
import { engine, environment } from '../../../scripts/build-console/lwc-engine.ts';
import { vendorCompiler } from '../../../scripts/build-console/lwc-plugin.ts';
import { iconsNamed, usedIcons } from '../../../scripts/build-console/used-icons.ts';

const CACHE = path.join(ROOT, '.cache/browser');
const PACKAGES = ['lwc', '@lwc/rollup-plugin', 'lightning-base-components', '@lwc/synthetic-shadow'];

export interface Vendor {
  readonly folder: string;
  /** Module name to file below the folder: what the page's import map says. */
  readonly modules: ReadonlyMap<string, string>;
}

/**
 * LWC's engine and Salesforce's base components, twenty seconds of compiling: kept until a version changes or a screen
 * uses another base component or icon. One build for all of them, since a page may hold only one engine.
 */
export async function buildVendor(): Promise<Vendor> {
  const names = ['lwc', '@lwc/synthetic-shadow', ...baseComponents()];
  const modules = new Map(names.map((name) => [name, `${name.replace(/\W+/g, '-').replace(/^-/, '')}.js`]));
  const folder = path.join(CACHE, `vendor-${fingerprint(names)}`);
  if (existsSync(folder)) return { folder, modules };
  const building = `${folder}.building-${process.pid}`;
  mkdirSync(building, { recursive: true });
  try {
    await compile(names, modules, building);
    renameSync(building, folder);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    // Somebody else was faster.
    if (!existsSync(folder)) throw error;
  }
  return { folder, modules };
}

function fingerprint(names: readonly string[]): string {
  const versions = PACKAGES.map((name) => {
    const file = path.join(ROOT, 'node_modules', name, 'package.json');
    return `${name}@${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`;
  });
  const code = readFileSync(import.meta.filename, 'utf8');
  return createHash('sha256')
    .update(JSON.stringify([versions, names, iconsNamed(SOURCE), code]))
    .digest('hex')
    .slice(0, 12);
}

async function compile(names: readonly string[], files: Vendor['modules'], folder: string): Promise<void> {
  const build = await rollup({
    input: Object.fromEntries(names.map((name) => [(files.get(name) ?? name).replace(/\.js$/, ''), name])),
    preserveEntrySignatures: 'strict',
    onwarn: () => undefined,
    plugins: [
      entries(),
      usedIcons(ROOT, SOURCE),
      engine(),
      environment(),
      cachedTransforms(vendorCompiler(ROOT), ROOT),
      nodeResolve(),
    ],
  });
  await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[hash].js',
  });
  await build.close();
}

/** LWC's plugin resolves what is imported, and nobody imports an entry. */
function entries(): Plugin {
  return {
    name: 'entries',
    resolveId(id, importer) {
      return importer === undefined ? this.resolve(id, path.join(ROOT, 'package.json')) : undefined;
    },
  };
}
