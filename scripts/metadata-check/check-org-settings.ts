import type { Catalog, MetadataProblem } from './catalog.ts';
import { all, textOf } from './metadata-file.ts';

/** A site that Apex may call: scheme, host, perhaps a port and a path. */
const SITE = /^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[^\s?#]*)?$/;

/** What a package brings to an org's settings: remote sites, kinds of notifications, custom permissions. */
export function checkOrgSettings(catalog: Catalog): MetadataProblem[] {
  return [...siteProblems(catalog), ...notificationProblems(catalog), ...permissionProblems(catalog)];
}

function siteProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('RemoteSiteSetting').values()]
    .filter(({ root }) => !SITE.test(textOf(root, 'url') ?? ''))
    .map(({ file, root }) => ({
      file,
      problem: `<url> '${textOf(root, 'url')}' is not an address of a site: scheme, host and path, nothing else`,
    }));
}

function notificationProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('CustomNotificationType').values()]
    .filter(({ root, name }) => textOf(root, 'customNotifTypeName') !== name)
    .map(({ file, name }) => ({ file, problem: `<customNotifTypeName> is not the file's name, ${name}` }));
}

function permissionProblems(catalog: Catalog): MetadataProblem[] {
  return [...catalog.of('CustomPermission').values()].flatMap(({ file, root }) =>
    all(root, 'requiredPermission')
      .map((each) => textOf(each, 'customPermission') ?? '')
      .filter((name) => !catalog.has('CustomPermission', name))
      .map((name) => ({ file, problem: `it needs the permission ${name}, which is not in the package` })),
  );
}
