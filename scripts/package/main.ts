// Packages for Salesforce, made in the default Dev Hub (docs/release.md says what to look at in between):
//   npm run package -- create                 the package itself, once
//   npm run package -- version                a version, validated
//   npm run package -- promote 04t…           so that it installs in production; cannot be taken back
//   npm run package -- links 04t…             the install links of a promoted version
// --unlocked is for a package without a namespace, which lacks some of it.
import { parseArgs } from 'node:util';
import { DevHub } from './dev-hub.ts';
import { prepareProject, readProject, type PackageKind } from './package-project.ts';
import { createPackage, createVersion, lacksOf, links, promote, ReleaseError } from './release.ts';

const USAGE = 'npm run package -- create | version | promote 04t… | links 04t… [--unlocked]';

function run(kind: PackageKind, command: string, id: string | undefined): string[] {
  const project = readProject(kind);
  const hub = new DevHub(prepareProject(kind));
  if (command === 'create') return createPackage(kind, project, hub);
  if (command === 'version') return createVersion(project, hub);
  if (!id?.startsWith('04t')) throw new ReleaseError(USAGE);
  if (command === 'promote') return promote(project, hub, id);
  if (command === 'links') return links(hub, id);
  throw new ReleaseError(USAGE);
}

const { values, positionals } = parseArgs({
  options: { unlocked: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const kind = values.unlocked ? 'unlocked' : 'managed';
const [command, id] = positionals;
try {
  if (command === undefined) throw new ReleaseError(USAGE);
  for (const line of [...run(kind, command, id), ...lacksOf(kind)]) console.log(line);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
