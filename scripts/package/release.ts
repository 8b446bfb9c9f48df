import type { DevHub } from './dev-hub.ts';
import { PACKAGE, type PackageKind, type PackageProject } from './package-project.ts';

/** A mistake of whoever releases, with what there is to do. */
export class ReleaseError extends Error {}

const LACKS: Readonly<Record<PackageKind, readonly string[]>> = {
  managed: [],
  unlocked: [
    'An unlocked package has no namespace and runs no scripts:',
    '- after the installation schedule the job: Monitor → Schedule again (authorizing a project does so too)',
    '- before it is uninstalled end the job: run DI_OutboxSweep.unschedule(); as anonymous Apex',
    '- custom settings are public: secrets are encrypted, and their key can be read by who may read all data',
    '- a class or component of the same name in the org is overwritten',
  ],
};

/** What this way of packaging does not bring. */
export function lacksOf(kind: PackageKind): readonly string[] {
  return LACKS[kind];
}

/** Makes the package, once. @returns what is to be done with its id */
export function createPackage(kind: PackageKind, project: PackageProject, hub: DevHub): string[] {
  if (project.packageId !== undefined)
    throw new ReleaseError(`The package is there already: ${project.file} names ${project.packageId}.`);
  const id = hub.createPackage(PACKAGE, kind === 'managed' ? 'Managed' : 'Unlocked');
  return [
    `Package: ${id}${project.namespace === '' ? '' : `, namespace ${project.namespace} for ever`}`,
    `Write it down in ${project.file}: "packageAliases": { "${PACKAGE}": "${id}" }, and commit that.`,
  ];
}

/** Makes a version and has it validated. No link to production: no version installs there before it is promoted. */
export function createVersion(project: PackageProject, hub: DevHub): string[] {
  const packageId = packageOf(project);
  checkAncestor(project, hub.hasPromotedVersion(packageId));
  const id = hub.createVersion(packageId);
  const { version, isValidated } = hub.report(id);
  return [
    `Version ${version}: ${id}${isValidated ? ', validated' : ', and not validated: it cannot be promoted'}`,
    'It installs in scratch orgs and sandboxes until it is promoted:',
    linkTo('test', id),
  ];
}

function packageOf(project: PackageProject): string {
  if (project.packageId === undefined)
    throw new ReleaseError(`${project.file} names no package: create it first, and write its id down.`);
  return project.packageId;
}

/** Subscribers upgrade along ancestors: a version without one can never be an upgrade of what is installed. */
function checkAncestor({ file, ancestor }: PackageProject, hasPromoted: boolean): void {
  if (ancestor === undefined) return;
  const wanted = hasPromoted ? 'HIGHEST' : 'NONE';
  if (ancestor !== wanted)
    throw new ReleaseError(
      `${file} has the ancestorVersion ${ancestor}: write ${wanted}, since ${hasPromoted ? 'a' : 'no'} version was promoted.`,
    );
}

/** Promotes a version that was tried; that cannot be taken back. */
export function promote(project: PackageProject, hub: DevHub, id: string): string[] {
  const { version, isReleased, isValidated } = hub.report(id);
  if (!isReleased) {
    if (!isValidated)
      throw new ReleaseError(`Version ${version} was not validated, or its tests cover too little.`);
    hub.promote(id);
  }
  const lines = [`Version ${version} is promoted.`, ...linksOf(id)];
  return project.ancestor === 'NONE'
    ? [...lines, `Write "ancestorVersion": "HIGHEST" in ${project.file} for the next one, and commit that.`]
    : lines;
}

/** The install links of a promoted version. */
export function links(hub: DevHub, id: string): string[] {
  const { version, isReleased } = hub.report(id);
  if (!isReleased)
    throw new ReleaseError(`Version ${version} was not promoted: no production org would install it.`);
  return linksOf(id);
}

const linksOf = (id: string): string[] => [
  linkTo('login', id),
  linkTo('test', id),
  `For DI's connection page: PACKAGE_VERSION_ID=${id}`,
];

function linkTo(host: 'login' | 'test', id: string): string {
  const org = host === 'login' ? 'production' : 'a sandbox';
  return `Install in ${org}: https://${host}.salesforce.com/packaging/installPackage.apexp?p0=${id}`;
}
