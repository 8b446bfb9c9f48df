import { COLLECTION } from '../salesforce/collections.ts';
import {
  SalesforceFault,
  type SalesforceOrg,
  type SaveResult,
  type WriteOptions,
} from '../salesforce/org.ts';
import type { CallGate } from './call-gate.ts';
import type { Integration } from './integrations.ts';
import type { Write } from './resolve.ts';

/** Calls of a Bulk API job, where the org does not count them: create, upload, close, look, and two results. */
const BULK_CALLS = 6;

/** Deletions first, so that what is unique is free for others. */
const ORDER = ['delete', 'update', 'upsert', 'insert'] as const;

export interface Sending {
  readonly org: SalesforceOrg;
  readonly gate: CallGate;
  readonly integration: Integration;
  /** Called after every call with what became of its records, in their order. */
  readonly onResults: (writes: readonly Write[], results: readonly SaveResult[]) => Promise<void>;
}

/** Sends writes, many of the same kind by Bulk API. Throws SalesforceFault where the calls themselves fail. */
export async function send(sending: Sending, writes: readonly Write[]): Promise<void> {
  for (const operation of ORDER) {
    const alike = writes.filter((write) => write.operation === operation);
    // Nobody can find a job's insertions again after a failure, as long as the job has not ended.
    if (operation === 'insert') await sendCollections(sending, alike);
    else
      for (const group of sameFields(alike))
        if (group.length >= sending.integration.settings.bulkThreshold) await sendBulk(sending, group);
        else await sendCollections(sending, group);
  }
}

function sameFields(writes: readonly Write[]): Write[][] {
  const groups = new Map<string, Write[]>();
  for (const write of writes) {
    const shape = Object.keys(write.record).join(' ');
    const group = groups.get(shape);
    if (group) group.push(write);
    else groups.set(shape, [write]);
  }
  return [...groups.values()];
}

function optionsOf({ settings, matching }: Integration): WriteOptions {
  return {
    autoAssign: settings.autoAssign,
    allowDuplicates: settings.allowDuplicates,
    ...(matching.by === 'external-id' ? { externalIdField: matching.field } : {}),
  };
}

async function sendBulk(sending: Sending, group: readonly Write[]): Promise<void> {
  const { org, gate, integration } = sending;
  const [first] = group;
  if (!first) return;
  await gate.beforeCall();
  const before = org.usage?.used ?? null;
  let results: readonly SaveResult[];
  try {
    const records = group.map((write) => write.record);
    results = await org.writeBulk(first.operation, integration.object, records, optionsOf(integration));
  } catch (error) {
    // A job says only that something is wrong with it: collections say what.
    if (!(error instanceof SalesforceFault) || error.kind !== 'give-up') throw error;
    await sendCollections(sending, group);
    return;
  }
  const counted = before === null ? 0 : (org.usage?.used ?? 0) - before;
  gate.countCalls(Math.max(BULK_CALLS, counted));
  await sending.onResults(group, results);
}

async function sendCollections(sending: Sending, writes: readonly Write[]): Promise<void> {
  for (const chunk of chunks(writes)) await sendChunk(sending, chunk);
}

/** Up to 200 records, none of them twice: Salesforce refuses a call that names a record twice. */
function chunks(writes: readonly Write[]): Write[][] {
  const made: { writes: Write[]; ids: Set<unknown> }[] = [];
  let firstOpen = 0;
  for (const write of writes) {
    const id = write.record.Id;
    const room = (chunk: { writes: Write[]; ids: Set<unknown> }): boolean =>
      chunk.writes.length < COLLECTION && (id === undefined || !chunk.ids.has(id));
    while (firstOpen < made.length && (made[firstOpen]?.writes.length ?? 0) >= COLLECTION) firstOpen += 1;
    let chunk = made.slice(firstOpen).find(room);
    if (!chunk) {
      chunk = { writes: [], ids: new Set() };
      made.push(chunk);
    }
    chunk.writes.push(write);
    chunk.ids.add(id);
  }
  return made.map((chunk) => chunk.writes);
}

/** A call that is refused as a whole is parted until the record that it is refused for stands alone. */
async function sendChunk(sending: Sending, chunk: readonly Write[]): Promise<void> {
  const { org, gate, integration } = sending;
  const [first] = chunk;
  if (!first) return;
  await gate.beforeCall();
  gate.countCalls(1);
  try {
    const records = chunk.map((write) => write.record);
    await sending.onResults(
      chunk,
      await org.write(first.operation, integration.object, records, optionsOf(integration)),
    );
  } catch (error) {
    if (!(error instanceof SalesforceFault) || error.kind !== 'give-up') throw error;
    if (chunk.length === 1 || isOfAll(error)) {
      const refused = refusedWith(error);
      await sending.onResults(
        chunk,
        chunk.map(() => refused),
      );
      return;
    }
    const middle = chunk.length >> 1;
    await sendChunk(sending, chunk.slice(0, middle));
    await sendChunk(sending, chunk.slice(middle));
  }
}

/** A field or an object that is not there is not there for any record. */
const isOfAll = (fault: SalesforceFault): boolean => /^INVALID_(FIELD|TYPE)/.test(fault.code);

function refusedWith(fault: SalesforceFault): SaveResult {
  return {
    id: null,
    isSaved: false,
    isCreated: false,
    errors: [{ code: fault.code, message: fault.message, fields: [] }],
  };
}
