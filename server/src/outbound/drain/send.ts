import type { CommonRefusalJudge } from '../engine/common-refusals.ts';
import { checkEnding } from '../../jobs/interrupted.ts';
import type { Lease } from '../../jobs/lease.ts';
import type { SalesforceOrg, WriteOptions } from '../../salesforce/org.ts';
import { sendRecords, type RecordAnswer } from '../engine/send-records.ts';
import type { Integration } from '../integrations/integrations.ts';
import type { Write } from './resolve.ts';

/** Deletions first, so that what is unique is free for others. */
const ORDER = ['delete', 'update', 'upsert', 'insert'] as const;

export interface Sending {
  readonly org: SalesforceOrg;
  readonly integration: Integration;
  readonly ending: AbortSignal;
  readonly lease: Lease;
  readonly judge: CommonRefusalJudge;
  /** Called after every call with what became of its records, in their order. */
  readonly onAnswers: (writes: readonly Write[], answers: readonly RecordAnswer[]) => Promise<void>;
}

/** Sends writes, many of the same kind by Bulk API. Throws SalesforceFault where the calls themselves fail. */
export async function send(sending: Sending, writes: readonly Write[]): Promise<void> {
  const { org, integration, ending, lease, judge, onAnswers } = sending;
  for (const operation of ORDER)
    await sendRecords(
      {
        org,
        operation,
        object: integration.object,
        options: optionsOf(integration),
        // A job's insertions cannot be found again after a failure, as long as the job has not ended.
        bulkFrom: operation === 'insert' ? Infinity : integration.settings.bulkThreshold,
        recordOf: ({ record }: Write) => record,
        beforeCall: () => {
          checkEnding(ending);
          return lease.check();
        },
        onAnswers,
        onCommonRefusal: (refusal) => judge.judge(refusal),
      },
      writes.filter((write) => write.operation === operation),
    );
}

function optionsOf({ settings, matching }: Integration): WriteOptions {
  return {
    autoAssign: settings.autoAssign,
    allowDuplicates: settings.allowDuplicates,
    ...(matching.by === 'external-id' ? { externalIdField: matching.field } : {}),
  };
}
