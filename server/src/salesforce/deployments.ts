import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { OrgApi } from './api.ts';
import { SalesforceFault, type DeployFailure, type DeployProgress, type DeployResult } from './org.ts';

const PATH = '/metadata/deployRequest';
const FIRST_LOOK = 1000;
const LAST_LOOK = 10_000;
/** Milliseconds: tests of a trigger take minutes, and another deployment may be before it. */
const PATIENCE = 2 * 3_600_000;

const listed = <T extends z.ZodType>(item: T) => z.array(item).nullish();
const status = z.object({
  id: z.string(),
  deployResult: z.object({
    status: z.string(),
    done: z.boolean(),
    success: z.boolean(),
    errorMessage: z.string().nullish(),
    numberComponentsDeployed: z.int().catch(0),
    numberComponentsTotal: z.int().catch(0),
    numberTestsCompleted: z.int().catch(0),
    numberTestsTotal: z.int().catch(0),
    details: z
      .object({
        componentFailures: listed(
          z.object({
            fullName: z.string().nullish(),
            fileName: z.string().nullish(),
            lineNumber: z.coerce.number().nullish(),
            problem: z.string().nullish(),
          }),
        ),
        runTestResult: z
          .object({
            failures: listed(
              z.object({ name: z.string(), methodName: z.string().nullish(), message: z.string().nullish() }),
            ),
            codeCoverageWarnings: listed(z.object({ name: z.string().nullish(), message: z.string() })),
          })
          .nullish(),
      })
      .nullish(),
  }),
});
type Status = z.output<typeof status>;

/** Deploys a zip of metadata, all of it or nothing, and waits for the end. */
export async function deployZip(
  api: OrgApi,
  zip: Buffer,
  options: { readonly tests: readonly string[]; readonly onProgress?: (progress: DeployProgress) => void },
): Promise<DeployResult> {
  const started = await api.json(z.object({ id: z.string() }), {
    method: 'POST',
    path: PATH,
    body: form(zip, options.tests),
  });
  return deploymentEnd(api, started.id, options.onProgress);
}

/** Waits for the end of a deployment that was started before. */
export async function deploymentEnd(
  api: OrgApi,
  id: string,
  onProgress: (progress: DeployProgress) => void = () => undefined,
): Promise<DeployResult> {
  const deadline = Date.now() + PATIENCE;
  for (let wait = FIRST_LOOK; ; wait = Math.min(wait * 1.5, LAST_LOOK)) {
    const path = `${PATH}/${id}?includeDetails=true`;
    const found = await api.json(status, { method: 'GET', path, isFollowUp: true });
    onProgress(progressOf(id, found));
    if (found.deployResult.done) return resultOf(id, found);
    if (Date.now() > deadline)
      throw new SalesforceFault(
        'retry',
        'timeout',
        `The deployment ${id} has not ended. Setup, Deployment Status shows it.`,
      );
    await pause(wait);
  }
}

/** Tests are named where there are some: production demands that they cover what is deployed. */
function form(zip: Buffer, tests: readonly string[]): FormData {
  const deployOptions = {
    rollbackOnError: true,
    singlePackage: true,
    ...(tests.length > 0 ? { testLevel: 'RunSpecifiedTests', runTests: tests } : {}),
  };
  const body = new FormData();
  body.append('json', new Blob([JSON.stringify({ deployOptions })], { type: 'application/json' }));
  body.append('file', new Blob([new Uint8Array(zip)], { type: 'application/zip' }), 'deploy.zip');
  return body;
}

function progressOf(id: string, { deployResult }: Status): DeployProgress {
  return {
    id,
    status: deployResult.status,
    componentsDeployed: deployResult.numberComponentsDeployed,
    componentsTotal: deployResult.numberComponentsTotal,
    testsCompleted: deployResult.numberTestsCompleted,
    testsTotal: deployResult.numberTestsTotal,
  };
}

function resultOf(id: string, { deployResult }: Status): DeployResult {
  const { componentFailures, runTestResult } = deployResult.details ?? {};
  const failures: DeployFailure[] = [
    ...(componentFailures ?? []).map((each) => ({
      kind: 'component' as const,
      component: each.fullName ?? each.fileName ?? 'the deployment',
      message: `${each.problem ?? 'failed'}${each.lineNumber == null ? '' : ` (line ${each.lineNumber})`}`,
    })),
    ...(runTestResult?.failures ?? []).map((each) => ({
      kind: 'test' as const,
      component: [each.name, each.methodName].filter((name) => name != null).join('.'),
      message: each.message ?? 'The test failed.',
    })),
    ...(runTestResult?.codeCoverageWarnings ?? []).map((each) => ({
      kind: 'coverage' as const,
      component: each.name ?? 'code coverage',
      message: each.message,
    })),
  ];
  if (!deployResult.success && failures.length === 0)
    failures.push({
      kind: 'deployment',
      component: 'the deployment',
      message: deployResult.errorMessage ?? deployResult.status,
    });
  return { id, isSuccess: deployResult.success, failures };
}
