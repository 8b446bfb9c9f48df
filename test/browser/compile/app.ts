import { rollup, type Plugin } from 'rollup';
import { bundles, ROOT, STAND_INS } from './components.ts';
import { LWC_API_VERSION } from '../../../scripts/build-console/lwc-engine.ts';
import { lwc } from '../../../scripts/build-console/lwc-plugin.ts';
import { platformModules } from './platform-modules.ts';

const ENTRY = '\0app';

/**
 * Compiles the package's components, unchanged, into one module that exports each under its name. LWC and the base
 * components stay outside: they are the vendor's.
 */
export async function buildApp(): Promise<string> {
  const build = await rollup({
    input: ENTRY,
    external: (id) => !STAND_INS.has(id) && (id === 'lwc' || /^\/?lightning\//.test(id)),
    onwarn(warning, warn) {
      // What LWC itself complains about is a fault; rollup's own remarks are not.
      if (warning.plugin !== undefined) warn(warning);
    },
    plugins: [
      platformModules(),
      entry(),
      lwc({
        rootDir: ROOT,
        modules: bundles().map(({ name, folder }) => ({ name: `c/${name}`, path: `${folder}/${name}.js` })),
        apiVersion: LWC_API_VERSION,
      }),
    ],
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return output[0].code;
}

function entry(): Plugin {
  const names = bundles().map(({ name }) => name);
  return {
    name: 'entry',
    resolveId: (id) => (id === ENTRY ? ENTRY : undefined),
    load: (id) =>
      id === ENTRY
        ? names.map((name) => `import * as ${name} from 'c/${name}';\nexport { ${name} };`).join('\n')
        : undefined,
  };
}
