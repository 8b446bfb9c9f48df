import { say } from '../messages/message.ts';
import type { Knex } from 'knex';
import { generateTrigger, isObjectName } from '../salesforce/generated-trigger.ts';
import type { SalesforceOrg } from '../salesforce/org.ts';
import type { HeldDeployment } from './held-deployment.ts';
import { metadataZip, type Members } from './metadata-zip.ts';
import { forgetTrigger, keepTrigger, keptTrigger, needsOf } from './org-triggers.ts';
import { failed, refusal, SUCCEEDED, type Outcome } from './outcome.ts';
import { packageNamespace } from '../salesforce/package-namespace.ts';

/** Puts the trigger of an object into the org, with its test, and runs that test alone. */
export async function deployTrigger(knex: Knex, org: SalesforceOrg, held: HeldDeployment): Promise<Outcome> {
  // As the org writes it: Salesforce compares names without case, and file names are shown to people.
  const { name: object } = await org.describe(held.deployment.object);
  if (!isObjectName(object)) return failed('no-trigger', say('deployments.no-trigger', { object }));
  const files = generateTrigger(object, await packageNamespace(org));
  const names = namesOf(files.map((file) => file.path));
  const earlier = await earlierNames(knex, org, object, names);
  await held.keepPlan({ components: [names.trigger, names.test], tests: [names.test] });
  const zip = (): Buffer =>
    metadataZip({
      files: Object.fromEntries(files.map((file) => [file.path, file.content])),
      members: membersOf([names]),
      ...(earlier.length > 0 && { removed: membersOf(earlier) }),
    });
  const result = await held.deploy(org, zip, [names.test]);
  if (!result.isSuccess) return refusal(result.failures);
  await keepTrigger(knex, org, held.deployment, { object, name: names.trigger });
  return SUCCEEDED;
}

/** Takes the trigger and its test out of the org, where no transfer needs it. One that is gone already is no failure. */
export async function removeTrigger(knex: Knex, org: SalesforceOrg, held: HeldDeployment): Promise<Outcome> {
  const { object } = held.deployment;
  const needs = await needsOf(knex, org.organizationId, object);
  if (needs > 0) return failed('trigger-needed', say('deployments.trigger-needed', { count: needs, object }));
  const names = namesOf(generateTrigger(object).map((file) => file.path));
  const all = [names, ...(await earlierNames(knex, org, object, names))];
  await held.keepPlan({ components: all.flatMap(({ trigger, test }) => [trigger, test]), tests: [] });
  const result = await held.deploy(
    org,
    () => metadataZip({ files: {}, members: {}, removed: membersOf(all) }),
    [],
  );
  const failures = result.failures.filter((each) => !isGone(each.message));
  if (!result.isSuccess && failures.length > 0) return refusal(failures);
  await forgetTrigger(knex, org.organizationId, object);
  return SUCCEEDED;
}

interface TriggerNames {
  readonly trigger: string;
  readonly test: string;
}

function namesOf(paths: readonly string[]): TriggerNames {
  const name = (pattern: RegExp): string => {
    const found = paths.map((path) => pattern.exec(path)?.[1]).find((each) => each !== undefined);
    if (found === undefined) throw new Error(`No file of the trigger matches ${pattern.source}.`);
    return found;
  };
  return { trigger: name(/^triggers\/(\w+)\.trigger$/), test: name(/^classes\/(\w+)\.cls$/) };
}

function membersOf(names: readonly TriggerNames[]): Members {
  return { ApexClass: names.map(({ test }) => test), ApexTrigger: names.map(({ trigger }) => trigger) };
}

/**
 * What the trigger of the object in the org is called, where it was deployed under another name: two would report every change
 * twice.
 */
async function earlierNames(
  knex: Knex,
  org: SalesforceOrg,
  object: string,
  today: TriggerNames,
): Promise<TriggerNames[]> {
  const kept = await keptTrigger(knex, org.organizationId, object);
  return kept === null || kept === today.trigger ? [] : [{ trigger: kept, test: `${kept}Test` }];
}

/** How Salesforce says that what is to be removed is not there. */
function isGone(message: string): boolean {
  return /^No ApexTrigger named|^No ApexClass named|cannot be found|does not exist/i.test(message);
}
