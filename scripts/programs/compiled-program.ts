import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = path.join(import.meta.dirname, '../..');
const COMPILED = path.join(ROOT, '.cache/programs');

/** What Node.js is told beside the file of a compiled program: its stacks name the source. */
export const COMPILED_FLAGS = ['--enable-source-maps'];

/** Programs that this process has compiled. */
const compiled = new Map<string, Promise<string>>();

/** Packages that look for files beside their own, and drivers of databases that Knex would ask for and nobody installs. */
const LEFT_OUT = [
  ...['@electric-sql/*', 'fs-native-extensions', 'swagger-ui-dist'],
  ...['better-sqlite3', 'mariadb/callback', 'mysql', 'mysql2', 'oracledb', 'pg-native', 'pg-query-stream'],
  ...['sqlite3', 'tedious'],
];
/** What packages that are CommonJS modules ask for. */
const COMMON_JS = [
  "import { createRequire as createRequireHere } from 'node:module';",
  'const require = createRequireHere(import.meta.url);',
  'const { filename: __filename, dirname: __dirname } = import.meta;',
].join('\n');

/**
 * Compiles a program of this project with all that it imports into one file, once a process, and answers that file. It starts
 * in a third of the processor time that `--import tsx` takes, which looks up and compiles each module by itself.
 */
export function compiledProgram(entry: string): Promise<string> {
  const known = compiled.get(entry) ?? compile(entry);
  compiled.set(entry, known);
  return known;
}

async function compile(entry: string): Promise<string> {
  const outfile = path.join(COMPILED, path.relative(ROOT, entry).replace(/\.ts$/, '.mjs'));
  const { outputFiles } = await build({
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
    write: false,
  });
  mkdirSync(path.dirname(outfile), { recursive: true });
  for (const { path: file, contents } of outputFiles) {
    // Whole at any time: another process may be starting from it.
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, contents);
    renameSync(partial, file);
  }
  return outfile;
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
