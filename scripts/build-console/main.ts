// Builds the console into build/console where its source has changed since; says so where it cannot.
//   npm run console
import { buildConsole, CannotBuild } from './build-console.ts';

const started = performance.now();
try {
  const outcome = await buildConsole();
  if (outcome === 'built')
    console.log(`The console is built (${((performance.now() - started) / 1000).toFixed(1)} s).`);
} catch (error) {
  if (!(error instanceof CannotBuild)) throw error;
  // The API works without the console: it says itself that the console is missing.
  console.warn(error.message);
}
