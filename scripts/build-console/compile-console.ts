import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { baseTexts } from './base-texts.ts';
import { cachedTransforms } from './cached-transforms.ts';
import { engine, environment, globalStyleSheets } from './lwc-engine.ts';
import { vendorCompiler } from './lwc-plugin.ts';
import { usedIcons } from './used-icons.ts';
import { wholeAddresses } from './whole-addresses.ts';

const SLDS =
  'node_modules/@salesforce-ux/design-system/assets/styles/salesforce-lightning-design-system.min.css';
/** Bytes from which on a file is worth compressing. */
const COMPRESSED_FROM = 1000;

/** Compiles the console into a folder: index.html, and assets named by what is in them. */
export async function compileConsole(root: string, folder: string): Promise<void> {
  const source = path.join(root, 'server/console');
  const { script, preloads } = await compileScripts(root, source, folder);
  const styles = [SLDS, 'server/console/page.css', 'server/console/dark.css'].map((file) =>
    hashedCopy(path.join(root, file), folder),
  );
  const mark = hashedCopy(path.join(source, 'mark.svg'), folder);
  const page = readFileSync(path.join(source, 'index.html'), 'utf8')
    .replace('<!-- mark -->', `<link rel="icon" type="image/svg+xml" href="${mark}" />`)
    .replace(
      '<!-- styles -->',
      styles.map((name) => `<link rel="stylesheet" href="${name}" />`).join('\n    '),
    )
    .replace(
      '<!-- script -->',
      [
        ...preloads.map((name) => `<link rel="modulepreload" href="${name}" />`),
        `<script type="module" src="${script}"></script>`,
      ].join('\n    '),
    );
  writeFileSync(path.join(folder, 'index.html'), page);
  compress(folder);
  compress(path.join(folder, 'assets'));
}

/** Answers the address of the entry, and of what it imports, which a browser would see only then. Screens are chunks of their own, fetched when they are opened. */
async function compileScripts(
  root: string,
  source: string,
  folder: string,
): Promise<{ script: string; preloads: string[] }> {
  const modules = path.join(source, 'modules');
  const build = await rollup({
    input: { console: path.join(source, 'main.js') },
    onwarn(warning, warn) {
      // What LWC says of our own source is a fault; of the vendor's, it is the vendor's.
      if (warning.plugin !== undefined && !(warning.id ?? '').includes('node_modules')) warn(warning);
    },
    plugins: [
      wholeAddresses(),
      usedIcons(root, source),
      baseTexts(),
      engine(),
      environment(),
      globalStyleSheets(),
      cachedTransforms(vendorCompiler(modules, [{ dir: modules }]), root),
      nodeResolve(),
    ],
  });
  const { output } = await build.write({
    dir: path.join(folder, 'assets'),
    format: 'esm',
    entryFileNames: '[name]-[hash].js',
    chunkFileNames: '[name]-[hash].js',
    manualChunks: (id) => (isVendor(id) ? 'vendor' : null),
  });
  await build.close();
  const [entry] = output;
  const address = (name: string): string => `/console/assets/${name}`;
  return { script: address(entry.fileName), preloads: entry.imports.map(address) };
}

/** One engine and one set of base components for all screens; their words come from the language, so that goes along. */
function isVendor(id: string): boolean {
  return id.includes('node_modules') || id.startsWith('\0') || id.endsWith('/di/language/language.js');
}

function hashedCopy(file: string, folder: string): string {
  const content = readFileSync(file);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const { name, ext } = path.parse(file);
  writeFileSync(path.join(folder, 'assets', `${name}-${hash}${ext}`), content);
  return `/console/assets/${name}-${hash}${ext}`;
}

function compress(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|html)$/.test(entry.name)) continue;
    const file = path.join(folder, entry.name);
    const content = readFileSync(file);
    if (content.length < COMPRESSED_FROM) continue;
    // Nearly as small as the best, in a tenth of its time.
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
    writeFileSync(`${file}.gz`, gzipSync(content));
  }
}
