import { z } from 'zod';
import type { UserContext } from '../execution/transaction.ts';
import type { LocalOrg } from '../org.ts';
import { makeId, to18 } from '../values/ids.ts';
import { Deployment, type DeployOptions } from './deployment.ts';

/** Milliseconds after which a deployment that nobody asks after takes its next step by itself. */
const PATIENCE = 250;

const flag = z.union([z.boolean(), z.stringbool()]);

/** Options as JSON and SOAP have them; those that change nothing here are taken and left. */
export const deployOptions = z.looseObject({
  checkOnly: flag.default(false),
  rollbackOnError: flag.default(false),
  testLevel: z
    .enum(['NoTestRun', 'RunSpecifiedTests', 'RunLocalTests', 'RunAllTestsInOrg'])
    .nullish()
    .transform((level) => level ?? 'NoTestRun'),
  runTests: z
    .union([z.array(z.string()), z.string().transform((name) => [name])])
    .nullish()
    .transform((names) => names ?? []),
});

/** Options that do not go together, with Salesforce's words. */
export function optionsProblem(options: DeployOptions): string | null {
  if (options.runTests.length > 0 && options.testLevel !== 'RunSpecifiedTests')
    return 'runTests can be used only with a testLevel of RunSpecifiedTests';
  if (options.testLevel === 'RunSpecifiedTests' && options.runTests.length === 0)
    return 'runTests must name the tests to run with a testLevel of RunSpecifiedTests';
  return null;
}

/** The deployments of an org. Each goes on a step whenever somebody asks after it, and by itself while nobody does. */
export class Deployments {
  readonly #org: LocalOrg;
  readonly #deployments = new Map<string, Deployment>();

  constructor(org: LocalOrg) {
    this.#org = org;
  }

  start(zip: Uint8Array, options: DeployOptions, user: UserContext): Deployment {
    const id = makeId('0Af', this.#org.store.next('deployment'));
    const deployment = new Deployment(this.#org, id, zip, options, user);
    this.#deployments.set(id, deployment);
    this.#goOn(deployment);
    return deployment;
  }

  /** The deployment a step further, or undefined where there is none of that id. */
  check(id: string): Deployment | undefined {
    const deployment = this.find(id);
    deployment?.advance();
    return deployment;
  }

  find(id: string): Deployment | undefined {
    return /^\w{15}(?:\w{3})?$/.test(id) ? this.#deployments.get(to18(id)) : undefined;
  }

  #goOn(deployment: Deployment): void {
    if (deployment.isDone) return;
    setTimeout(() => {
      deployment.advance();
      this.#goOn(deployment);
    }, PATIENCE).unref();
  }
}
