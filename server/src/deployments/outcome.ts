import type { DeployFailure } from '../salesforce/org.ts';

/** How a deployment ended, for whoever asked for it. */
export interface DeploymentOutcome {
  readonly status: 'succeeded' | 'failed';
  readonly code: string | null;
  readonly message: string;
}

export const SUCCEEDED: DeploymentOutcome = { status: 'succeeded', code: null, message: 'Done.' };

export function failed(code: string, message: string): DeploymentOutcome {
  return { status: 'failed', code, message };
}

/** Most failures that are put into one sentence; the deployment keeps all of them. */
const SHOWN = 3;

/** What Salesforce refused a deployment for, in plain words: code and test first, since they are what is mended. */
export function refusal(failures: readonly DeployFailure[]): DeploymentOutcome {
  const shown = failures.slice(0, SHOWN).map((each) => `${each.component}: ${each.message}`);
  const more = failures.length > SHOWN ? [`and ${failures.length - SHOWN} more`] : [];
  const [kind, advice] = cause(failures);
  return failed(kind, `Nothing was changed. ${advice} ${[...shown, ...more].join('; ')}`);
}

function cause(failures: readonly DeployFailure[]): readonly [code: string, advice: string] {
  const kinds = new Set(failures.map((each) => each.kind));
  if (kinds.has('component'))
    return ['refused', 'Salesforce does not take it as it is; what it names is to be mended in the org.'];
  if (kinds.has('test'))
    return [
      'test-failed',
      'A test failed in the org. Where it is not ours, mend it or the rule that it met; where it is ours, something in the org stops every new record.',
    ];
  if (kinds.has('coverage'))
    return [
      'coverage-too-low',
      'Too little code is covered by tests. Production wants 75 % of all Apex, and some of each trigger.',
    ];
  return ['refused', 'Salesforce ended the deployment.'];
}
