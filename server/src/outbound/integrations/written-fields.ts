import type { Knex } from 'knex';
import { packageNamespace } from '../../salesforce/package-namespace.ts';
import { COLLECTION } from '../../salesforce/collections.ts';
import { SalesforceFault, type OrgRecord, type SalesforceOrg } from '../../salesforce/org.ts';
import { soqlIn, soqlName, soqlText } from '../../salesforce/soql.ts';
import type { Integration } from './integrations.ts';

/** What the plugin was told of the fields that an integration writes. */
export interface WrittenFields {
  /** Fields of transfers that are marked now, and were not before. */
  readonly marked: readonly string[];
  /** Why nothing could be marked, and what to do; null where all is well. */
  readonly message: string | null;
}

/**
 * Ticks *Written by DI* on the fields that an integration writes, in the plugin's transfers of this connection: a change of
 * nothing else, by DI's own user, is then not sent back. An org without the plugin has nothing to tick.
 */
export async function markWrittenFields(
  knex: Knex,
  org: SalesforceOrg,
  integration: Pick<Integration, 'connectionId' | 'object' | 'mapping' | 'optInFields'>,
): Promise<WrittenFields> {
  const fields = [
    ...integration.mapping.map((entry) => entry.salesforceField),
    ...integration.optInFields.map((entry) => entry.field),
  ];
  const connection = await knex('di.connection')
    .where({ id: integration.connectionId })
    .first<{ key_id: string }>('key_id');
  try {
    return await mark(org, connection.key_id, integration.object, fields);
  } catch (error) {
    if (!(error instanceof SalesforceFault) || error.kind !== 'give-up') throw error;
    if (error.code === 'package-missing') return { marked: [], message: null };
    return {
      marked: [],
      message: `The plugin could not be told which fields DI writes (${error.message}). Give DI's user the permission set DI Admin, or tick Written by DI on the transfer's fields by hand.`,
    };
  }
}

async function mark(
  org: SalesforceOrg,
  keyId: string,
  object: string,
  fields: readonly string[],
): Promise<WrittenFields> {
  const namespace = await packageNamespace(org);
  const own = (name: string): string => soqlName(namespace === null ? name : `${namespace}__${name}`);
  const transfer = own('Transfer__r');
  const soql = `SELECT Id, ${own('Field_Path__c')} FROM ${own('DI_Transfer_Field__c')}
    WHERE ${own('Written_By_DI__c')} = FALSE AND ${transfer}.${own('Source_Object__c')} = ${soqlText(object)}
    AND ${transfer}.${own('Destination_Project__r')}.${own('Key_Id__c')} = ${soqlText(keyId)}
    AND ${soqlIn(own('Field_Path__c'), [...new Set(fields)].map(soqlText))}`;
  const found: OrgRecord[] = [];
  for await (const page of org.query(soql)) found.push(...page);
  for (let start = 0; start < found.length; start += COLLECTION) {
    const portion = found.slice(start, start + COLLECTION);
    const ticked = portion.map((record) => ({ Id: record.Id, [own('Written_By_DI__c')]: true }));
    const results = await org.write('update', own('DI_Transfer_Field__c'), ticked);
    const [refusal] = results.flatMap((result) => result.errors);
    if (refusal) throw new SalesforceFault('give-up', refusal.code, refusal.message);
  }
  const marked = [...new Set(found.map((record) => String(record[own('Field_Path__c')])))];
  return { marked, message: null };
}
