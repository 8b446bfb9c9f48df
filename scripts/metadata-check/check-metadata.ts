import { Catalog, type Check, type MetadataProblem } from './catalog.ts';
import { checkApex } from './check-apex.ts';
import { checkComponents } from './check-components.ts';
import { checkFieldValues } from './check-field-values.ts';
import { checkFields } from './check-fields.ts';
import { checkFiles } from './check-files.ts';
import { checkLabels } from './check-labels.ts';
import { checkLayouts } from './check-layouts.ts';
import { checkNames } from './check-names.ts';
import { checkObjects } from './check-objects.ts';
import { checkOrgSettings } from './check-org-settings.ts';
import { checkPages } from './check-pages.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkReports } from './check-reports.ts';
import { checkViews } from './check-views.ts';
import type { MetadataFile } from './metadata-file.ts';
import { MetadataReader } from './metadata-reader.ts';
import { readSource, type PackageSource } from './package-source.ts';

const CHECKS: readonly Check[] = [
  checkFiles,
  checkNames,
  checkFields,
  checkFieldValues,
  checkObjects,
  checkViews,
  checkReports,
  checkLayouts,
  checkPermissions,
  checkPages,
  checkOrgSettings,
  checkComponents,
  checkLabels,
  checkApex,
];

export function checkMetadata(folder: string): { files: number; problems: MetadataProblem[] } {
  return checkSource(readSource(folder));
}

/** Every `-meta.xml` of a package, each by itself and then all together with what they name. */
export function checkSource(
  source: PackageSource,
  reader = new MetadataReader(),
): { files: number; problems: MetadataProblem[] } {
  const problems: MetadataProblem[] = [];
  const files: MetadataFile[] = [];
  for (const [file, xml] of source) {
    if (!file.endsWith('-meta.xml')) continue;
    const reading = reader.read(file, xml);
    if (reading.metadata) files.push(reading.metadata);
    problems.push(...reading.problems.map((problem) => ({ file, problem })));
  }
  const catalog = new Catalog(source, files);
  return { files: files.length, problems: [...problems, ...CHECKS.flatMap((check) => check(catalog))] };
}
