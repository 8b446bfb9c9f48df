import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { z } from 'zod';

const ROOT = path.join(import.meta.dirname, '../..');
const COMPILED = path.join(ROOT, '.cache/programs');

/** What Node.js is told beside the file of a compiled program: its stacks name the source. */
export const COMPILED_FLAGS = ['--enable-source-maps'];

/** Programs that this process has compiled. */
const compiled = new Map<string, Promise<string>>();

/** Packages that look for files beside their own, and drivers of databases that Knex would ask for and nobody installs. */
const LEFT_OUT = [
  ...['@electric-sql/*', 'fs-native-extensions', 'swagger-ui-dist', 'piscina'],
  ...['better-sqlite3', 'mariadb/callback', 'mysql', 'mysql2', 'oracledb', 'pg-native', 'pg-query-stream'],
  ...['sqlite3', 'tedious'],
];
/** What packages that are CommonJS modules ask for. */
const COMMON_JS = [
  "import { createRequire as createRequireHere } from 'node:module';",
  'const require = createRequireHere(import.meta.url);',
  'const { filename: __filename, dirname: __dirname } = import.meta;',
].join('\n');

/** What says how a program is compiled, and of which packages. */
const ALWAYS_READ = [import.meta.filename, path.join(ROOT, 'package-lock.json')];
/** When each file was changed that a program was compiled from. */
const changesSchema = z.record(z.string(), z.number());

/**
 * Compiles a program of this project with all that it imports into one file, where that has changed since, and answers that
 * file. It starts in a third of the processor time that `--import tsx` takes, which looks up and compiles each module by
 * itself.
 */
export function compiledProgram(entry: string): Promise<string> {
  const known = compiled.get(entry) ?? compile(entry);
  compiled.set(entry, known);
  return known;
}

async function compile(entry: string): Promise<string> {
  const outfile = path.join(COMPILED, path.relative(ROOT, entry).replace(/\.ts$/, '.mjs'));
  const noted = `${outfile}.inputs.json`;
  if (isOfToday(noted)) return outfile;
  const begun = Date.now();
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: `node${process.versions.node}`,
    external: LEFT_OUT,
    banner: { js: COMMON_JS },
    sourcemap: 'linked',
    sourcesContent: false,
    plugins: [wherePlaced(), withoutMap()],
    metafile: true,
    write: false,
  });
  const read = [...ALWAYS_READ, ...Object.keys(metafile.inputs).map((file) => path.resolve(file))];
  mkdirSync(path.dirname(outfile), { recursive: true });
  for (const { path: file, contents } of outputFiles) write(file, contents);
  // Last, since it says that the others are whole. What has changed meanwhile may have been read before.
  const changes = read.map((file) => [file, Math.min(changeOf(file), begun)]);
  write(noted, JSON.stringify(Object.fromEntries(changes)));
  return outfile;
}

/** Whether everything that a program was compiled from is as it was. */
function isOfToday(noted: string): boolean {
  try {
    const changes = changesSchema.parse(JSON.parse(readFileSync(noted, 'utf8')));
    return Object.entries(changes).every(([file, at]) => changeOf(file) === at);
  } catch {
    return false;
  }
}

function changeOf(file: string): number {
  return statSync(file).mtimeMs;
}

/** Writes a file that is whole at any time: another process may be starting from it. */
function write(file: string, contents: string | Uint8Array): void {
  const partial = `${file}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, file);
}

/** Modules look for files beside their own source, wherever they were compiled to. */
function wherePlaced(): Plugin {
  return {
    name: 'where-placed',
    setup: (build) => {
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
        loader: 'ts',
        contents: readFileSync(file, 'utf8')
          .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file)))
          .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)),
      }));
    },
  };
}

/** A map that leads nowhere: a program reads its own whole map with its first error, of which packages would be most. */
const NO_MAP = Buffer.from('{"version":3,"sources":[""],"mappings":"A"}').toString('base64');

function withoutMap(): Plugin {
  return {
    name: 'without-map',
    setup: (build) => {
      build.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, ({ path: file }) => ({
        loader: 'js',
        contents: `${readFileSync(file, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${NO_MAP}`,
      }));
    },
  };
}
