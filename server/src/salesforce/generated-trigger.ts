import { createHash } from 'node:crypto';

/** A file of SFDX source. */
export interface SourceFile {
  /** Below a folder of source, `triggers/…` or `classes/…`. */
  readonly path: string;
  readonly content: string;
}

/** Objects whose trigger is in the package: another one would record each change twice. */
export const SHIPPED_OBJECTS: readonly string[] = [
  'Account',
  'Campaign',
  'CampaignMember',
  'Case',
  'Contact',
  'Lead',
  'Opportunity',
  'User',
];

/** Characters of an Apex class's name, and of a trigger's. */
const LONGEST_NAME = 40;
/** What every trigger of ours begins with, so that it overwrites none of the org's own. */
const PREFIX = 'DI_';
const API_VERSION = '65.0';

/** A name of Salesforce's: letters, digits and single underscores, none of them at the end. */
const NAME = '[A-Za-z](?:_?[A-Za-z0-9])*';
const OBJECT = new RegExp(`^(?:(?:${NAME}__)?${NAME}__c|[A-Za-z][A-Za-z0-9]*)$`);
const NAMESPACE = new RegExp(`^${NAME}$`);

/** Whether it can be the API name of an object that has triggers: a standard object's, or a custom one's (`Region__c`). */
export function isObjectName(name: string): boolean {
  return name.length <= 80 && OBJECT.test(name);
}

/** Whether it can be a package's namespace. */
export function isNamespace(name: string): boolean {
  return name.length <= 15 && NAMESPACE.test(name);
}

/**
 * The trigger that lets the package see an object's changes, with the test that a deployment asks for. Nothing of it is
 * made from a name that was not checked.
 *
 * @param object API name
 * @param namespace the package's namespace; null where it was deployed as source
 * @throws RangeError where one of them is not a name
 */
export function generateTrigger(object: string, namespace: string | null = null): readonly SourceFile[] {
  if (!isObjectName(object)) throw new RangeError(`${object} is not the API name of an object.`);
  if (namespace !== null && !isNamespace(namespace))
    throw new RangeError(`${namespace} is not the namespace of a package.`);
  const name = triggerName(object);
  return [
    { path: `triggers/${name}.trigger`, content: triggerOf(name, object, namespace) },
    { path: `triggers/${name}.trigger-meta.xml`, content: metadataOf('ApexTrigger') },
    { path: `classes/${name}Test.cls`, content: testOf(name, object) },
    { path: `classes/${name}Test.cls-meta.xml`, content: metadataOf('ApexClass') },
  ];
}

/** Names before TransferTrigger that triggers of the package have: deployed as source, they stand beside the generated ones. */
const TAKEN = new Set([...SHIPPED_OBJECTS, 'Data'].map((name) => name.toLowerCase()));

/**
 * `DI_RegionTransferTrigger` for `Region__c`. A name that is too long, has a namespace or is a trigger's of the package is told
 * apart by a digest.
 */
function triggerName(object: string): string {
  const suffix = 'TransferTrigger';
  const room = LONGEST_NAME - `${PREFIX}${suffix}Test`.length;
  const base = object.replace(/__c$/, '');
  if (base.length <= room && !base.includes('__') && !TAKEN.has(base.toLowerCase()))
    return PREFIX + base + suffix;
  const digest = createHash('sha256').update(object.toLowerCase()).digest('hex').slice(0, 6);
  const start = base
    .replace('__', '_')
    .slice(0, room - digest.length - 1)
    .replace(/_$/, '');
  return `${PREFIX}${start}_${digest}${suffix}`;
}

/** The event before an insert is for the test: it comes before a required field can stop the insert. */
function triggerOf(name: string, object: string, namespace: string | null): string {
  const prefix = namespace === null ? '' : `${namespace}.`;
  return `trigger ${name} on ${object}(before insert, after insert, after update, after delete, after undelete) {
    ${prefix}DI_TransferTrigger.run();
}
`;
}

function testOf(name: string, object: string): string {
  return `/**
 * Runs ${name}, as a deployment to production asks.
 */
@IsTest
private class ${name}Test {
    @IsTest
    static void anInsertRunsTheTrigger() {
        // A required field or a rule may refuse the empty record: the trigger has run before that.
        Database.SaveResult result = Database.insert(new ${object}(), false);
        Assert.isTrue(result.isSuccess() || !result.getErrors().isEmpty());
    }
}
`;
}

function metadataOf(type: 'ApexTrigger' | 'ApexClass'): string {
  return `<?xml version="1.0" encoding="UTF-8" ?>
<${type} xmlns="http://soap.sforce.com/2006/04/metadata">
    <apiVersion>${API_VERSION}</apiVersion>
    <status>Active</status>
</${type}>
`;
}
