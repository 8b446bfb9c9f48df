import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import { ROOT } from './package-project.ts';

/** The Salesforce CLI in a project's folder: the result of a command, whose exit code says whether it worked. */
export type Cli = (args: readonly string[], folder: string) => unknown;

const PROGRAM = path.join(ROOT, 'scripts/sf.mjs');

const answerSchema = z.object({ result: z.unknown() });
const failureSchema = z.object({ message: z.string() });

export const salesforceCli: Cli = (args, folder) => {
  try {
    const text = execFileSync(process.execPath, [PROGRAM, ...args, '--json'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['inherit', 'pipe', 'inherit'],
      env: { ...process.env, SF_DISABLE_TELEMETRY: 'true', SF_AUTOUPDATE_DISABLE: 'true' },
    });
    return answerSchema.parse(JSON.parse(text)).result;
  } catch (error) {
    throw new Error(`sf ${args.slice(0, 3).join(' ')}: ${messageOf(error)}`, { cause: error });
  }
};

/** With --json the CLI prints why it failed where it prints its result. */
function messageOf(error: unknown): string {
  const printed = z.object({ stdout: z.string() }).safeParse(error);
  if (printed.success)
    try {
      return failureSchema.parse(JSON.parse(printed.data.stdout)).message;
    } catch {
      return printed.data.stdout;
    }
  return error instanceof Error ? error.message : String(error);
}

const createdSchema = z.object({ Id: z.string() });
const versionSchema = z.object({ SubscriberPackageVersionId: z.string() });
const reportSchema = z.object({
  Version: z.string(),
  IsReleased: z.boolean().nullish(),
  ValidationSkipped: z.boolean().nullish(),
  HasPassedCodeCoverageCheck: z.boolean().nullish(),
});

/** What the Dev Hub knows of a version. */
export interface VersionReport {
  readonly version: string;
  readonly isReleased: boolean;
  /** Its tests were run when it was made, and cover enough to be promoted. */
  readonly isValidated: boolean;
}

/** The commands that packaging takes, asked of the default Dev Hub. */
export class DevHub {
  readonly #cli: Cli;
  readonly #folder: string;

  constructor(folder: string, cli: Cli = salesforceCli) {
    this.#folder = folder;
    this.#cli = cli;
  }

  /** @returns the package's id, `0Ho…` */
  createPackage(name: string, type: 'Managed' | 'Unlocked'): string {
    return createdSchema.parse(
      this.#run('package', 'create', '--name', name, '--package-type', type, '--path', 'force-app'),
    ).Id;
  }

  /** Makes a version and runs its tests. @returns its id, `04t…` */
  createVersion(packageId: string): string {
    return versionSchema.parse(
      this.#run(
        ...['package', 'version', 'create', '--package', packageId],
        ...['--installation-key-bypass', '--code-coverage', '--wait', '120'],
      ),
    ).SubscriberPackageVersionId;
  }

  report(versionId: string): VersionReport {
    const report = reportSchema.parse(this.#run('package', 'version', 'report', '--package', versionId));
    return {
      version: report.Version,
      isReleased: report.IsReleased === true,
      isValidated: report.ValidationSkipped !== true && report.HasPassedCodeCoverageCheck === true,
    };
  }

  hasPromotedVersion(packageId: string): boolean {
    const versions = this.#run('package', 'version', 'list', '--packages', packageId, '--released');
    return z.array(z.unknown()).parse(versions).length > 0;
  }

  promote(versionId: string): void {
    this.#run('package', 'version', 'promote', '--package', versionId, '--no-prompt');
  }

  #run(...args: string[]): unknown {
    return this.#cli(args, this.#folder);
  }
}
