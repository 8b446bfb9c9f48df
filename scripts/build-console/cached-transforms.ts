import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin, TransformResult } from 'rollup';
import { LWC_API_VERSION } from './lwc-engine.ts';
import { versionOf } from './fingerprint.ts';

/** Keeps what LWC's compiler makes of installed packages: nearly all of a build's time, and always the same. */
export function cachedTransforms(compiler: Plugin, root: string): Plugin {
  const { transform } = compiler;
  if (typeof transform !== 'function') throw new Error('LWC’s plugin has no transform any more.');
  const cache = path.join(root, '.cache/console');
  mkdirSync(cache, { recursive: true });
  const setting = `${versionOf(root, '@lwc/rollup-plugin') ?? ''} ${LWC_API_VERSION}`;
  return {
    ...compiler,
    async transform(code, id) {
      if (!id.includes('node_modules')) return transform.call(this, code, id);
      const key = createHash('sha256')
        .update(JSON.stringify([setting, path.relative(root, id), code]))
        .digest('hex');
      const file = path.join(cache, `${key}.json`);
      if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as TransformResult;
      const result = await transform.call(this, code, id);
      writeFileSync(file, JSON.stringify(result ?? null));
      return result;
    },
  };
}
