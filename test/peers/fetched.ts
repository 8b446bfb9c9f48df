import { execFileSync } from 'node:child_process';
import path from 'node:path';
import vm from 'node:vm';
import { build, type Plugin } from 'esbuild';

/** What modules that are not run get in their place, by the end of their path. */
export type Stubs = Readonly<Record<string, unknown>>;

/** A repository that was fetched, with a work tree or without one. */
export class Fetched {
  readonly #folder: string;
  readonly #files: ReadonlySet<string>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#files = new Set(this.#git('ls-tree', '-r', '--name-only', 'HEAD').split('\n'));
  }

  /** Paths that end so, in their order. */
  endingWith(end: string): string[] {
    return [...this.#files].filter((file) => file.endsWith(end)).sort();
  }

  has(file: string): boolean {
    return this.#files.has(file);
  }

  read(file: string): string {
    return this.#git('show', `HEAD:${file}`);
  }

  /**
   * Runs a module with what it imports from beside it. It reaches nothing of this process: what it needs besides are stubs
   * and the globals given.
   */
  async run(file: string, stubs: Stubs, globals: object = {}): Promise<Record<string, unknown>> {
    const built = await build({
      stdin: { contents: this.read(file), loader: 'ts', sourcefile: file },
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'neutral',
      logLevel: 'silent',
      plugins: [this.#sources(file, stubs)],
    });
    const module = { exports: {} as Record<string, unknown> };
    const require = (name: string): unknown => {
      if (!(name in stubs)) throw new Error(`${file} needs ${name}, which it gets no stub for.`);
      return stubs[name];
    };
    const context = vm.createContext({
      module,
      exports: module.exports,
      require,
      __dirname: 'salesforce',
      ...globals,
    });
    vm.runInContext(built.outputFiles[0]?.text ?? '', context, { filename: file });
    return module.exports;
  }

  #sources(entry: string, stubs: Stubs): Plugin {
    return {
      name: 'fetched',
      setup: (building) => {
        building.onResolve({ filter: /.*/ }, ({ path: wanted, importer }) => {
          if (wanted in stubs) return { path: wanted, external: true };
          const from = path.posix.dirname(importer === '<stdin>' ? entry : importer);
          const found = [`${wanted}.ts`, wanted, `${wanted}/index.ts`, `${wanted}.js`]
            .map((name) => path.posix.join(from, name))
            .find((name) => this.has(name));
          if (!wanted.startsWith('.') || found === undefined) return { path: wanted, external: true };
          return { path: found, namespace: 'fetched' };
        });
        building.onLoad({ filter: /.*/, namespace: 'fetched' }, ({ path: file }) => ({
          contents: this.read(file),
          loader: file.endsWith('.js') ? 'js' : 'ts',
        }));
      },
    };
  }

  #git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.#folder, ...args], { encoding: 'utf8', maxBuffer: 1e9 });
  }
}
