import { createRequire } from 'node:module';
import type { RollupLwcOptions } from '@lwc/rollup-plugin';
import type { Plugin } from 'rollup';

type Options = Omit<RollupLwcOptions, 'apiVersion'> & { readonly apiVersion: number };

/**
 * LWC's compiler as a plugin of rollup. Its module is the function itself, while its types speak of a default export, so it
 * is asked for by require.
 */
export const lwc = createRequire(import.meta.url)('@lwc/rollup-plugin') as (options: Options) => Plugin;
