import { createRequire } from 'node:module';
import type { RollupLwcOptions } from '@lwc/rollup-plugin';
import type { Plugin } from 'rollup';
import { LWC_API_VERSION } from './lwc-engine.ts';

type Options = Omit<RollupLwcOptions, 'apiVersion'> & { readonly apiVersion: number };

/**
 * LWC's compiler as a plugin of rollup. Its module is the function itself, while its types speak of a default export, so it
 * is asked for by require.
 */
export const lwc = createRequire(import.meta.url)('@lwc/rollup-plugin') as (options: Options) => Plugin;

/**
 * LWC's compiler, set as the base components need it. Whoever compiles them sets it the same, since what becomes of them is
 * kept for all.
 *
 * @param modules places of modules beside the installed ones
 */
export function vendorCompiler(rootDir: string, modules: NonNullable<Options['modules']> = []): Plugin {
  return lwc({
    rootDir,
    modules: [...modules, { npm: 'lightning-base-components' }, { npm: '@lwc/synthetic-shadow' }],
    enableDynamicComponents: true,
    // The base combobox asks for element internals.
    enableSyntheticElementInternals: true,
    apiVersion: LWC_API_VERSION,
  });
}
