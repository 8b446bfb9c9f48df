import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fingerprint } from './fingerprint.ts';

export const ROOT = path.join(import.meta.dirname, '../..');
const BUILT = path.join(ROOT, 'build/console');

/** The console is missing or old, and what builds it is not installed. */
export class CannotBuild extends Error {
  override readonly name = 'CannotBuild';
}

/**
 * Makes build/console what server/console says. Answers whether there was anything to do. Throws CannotBuild where the
 * development dependencies are not installed, and nothing current was built before.
 */
export async function buildConsole(): Promise<'built' | 'current'> {
  const source = fingerprint(ROOT);
  const note = path.join(BUILT, 'source');
  if (existsSync(note) && (source === null || readFileSync(note, 'utf8') === source)) return 'current';
  if (source === null)
    throw new CannotBuild(
      'The console is not built, and cannot be: install the development dependencies (npm ci), then npm run console.',
    );
  // Asked for only now: an installation without development dependencies has none of it.
  const { compileConsole } = await import('./compile-console.ts');
  console.log('Building the console (about a minute the first time) …');
  const building = `${BUILT}.building-${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(path.join(building, 'assets'), { recursive: true });
  try {
    await compileConsole(ROOT, building);
    writeFileSync(path.join(building, 'source'), source);
    rmSync(BUILT, { recursive: true, force: true });
    renameSync(building, BUILT);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return 'built';
}
