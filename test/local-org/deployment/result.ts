import type { Deployment } from './deployment.ts';
import type { Problem } from './components.ts';
import { sourceName, type TestRun } from './apex-changes.ts';

const moment = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

/** A deployment as `checkDeployStatus` answers it; lists are empty, and what is not known yet is left out. */
export function deployResult(deployment: Deployment, includeDetails: boolean): Record<string, unknown> {
  const { outcome, options } = deployment;
  const { problems, tests } = outcome;
  const failed = tests?.outcomes.filter((each) => each.failure !== null) ?? [];
  return {
    checkOnly: options.checkOnly,
    completedDate: moment(deployment.endedAt),
    createdBy: deployment.userId,
    createdByName: deployment.userName,
    createdDate: moment(deployment.createdAt),
    ...(includeDetails ? { details: details(deployment) } : {}),
    done: deployment.isDone,
    errorMessage: deployment.errorMessage,
    id: deployment.id,
    ignoreWarnings: false,
    lastModifiedDate: moment(deployment.endedAt ?? deployment.startedAt ?? deployment.createdAt),
    numberComponentErrors: deployment.isDone ? problems.length : 0,
    numberComponentsDeployed: deployment.componentsDeployed,
    numberComponentsTotal: deployment.componentsTotal,
    numberTestErrors: failed.length,
    numberTestsCompleted: deployment.testsCompleted - failed.length,
    numberTestsTotal: deployment.testsTotal,
    rollbackOnError: options.rollbackOnError,
    runTestsEnabled: options.testLevel !== 'NoTestRun',
    startDate: moment(deployment.startedAt),
    status: deployment.status,
    success: deployment.status === 'Succeeded' || deployment.status === 'SucceededPartial',
  };
}

/** Details are told once the deployment has ended. */
function details(deployment: Deployment): Record<string, unknown> {
  const { problems, successes, tests } = deployment.isDone
    ? deployment.outcome
    : { problems: [], successes: [], tests: null };
  const createdDate = moment(deployment.createdAt);
  return {
    componentFailures: problems.map((problem) => ({ ...failure(problem), createdDate })),
    componentSuccesses: successes.map(({ part, created, deleted }) => ({
      changed: true,
      componentType: part.type,
      created,
      createdDate,
      deleted,
      fileName: part.file,
      fullName: part.name,
      success: true,
      warning: false,
    })),
    runTestResult: testResult(tests),
  };
}

function failure(problem: Problem): Record<string, unknown> {
  return {
    changed: false,
    ...(problem.column === undefined ? {} : { columnNumber: problem.column }),
    componentType: problem.type,
    created: false,
    deleted: false,
    fileName: problem.file,
    fullName: problem.name,
    ...(problem.line === undefined ? {} : { lineNumber: problem.line }),
    problem: problem.message,
    problemType: 'Error',
    success: false,
    warning: false,
  };
}

function testResult(tests: TestRun | null): Record<string, unknown> {
  const outcomes = tests?.outcomes ?? [];
  const failures = outcomes.filter((each) => each.failure !== null);
  return {
    codeCoverage: (tests?.coverage ?? []).map(({ file, lines }) => {
      const missed = [...lines].filter(([, count]) => count === 0);
      return {
        locationsNotCovered: missed.map(([line]) => ({ column: 0, line, numExecutions: 0, time: -1 })),
        name: sourceName(file),
        numLocations: lines.size,
        numLocationsNotCovered: missed.length,
        type: file.endsWith('.trigger') ? 'Trigger' : 'Class',
      };
    }),
    codeCoverageWarnings: tests?.warnings ?? [],
    failures: failures.map((each) => ({
      message: each.failure?.split('\n')[0] ?? '',
      methodName: each.method,
      name: each.className,
      packageName: each.className,
      stackTrace: each.failure?.split('\n').slice(1).join('\n') ?? '',
      time: each.duration,
      type: 'Class',
    })),
    numFailures: failures.length,
    numTestsRun: outcomes.length,
    successes: outcomes
      .filter((each) => each.failure === null)
      .map((each) => ({ methodName: each.method, name: each.className, time: each.duration })),
    totalTime: outcomes.reduce((sum, each) => sum + each.duration, 0),
  };
}
