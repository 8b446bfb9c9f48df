import { describe, expect, it } from 'vitest';
import { SalesforceFault, type OrgRecord, type SaveResult } from '../../../server/src/salesforce/org.ts';
import type { RecordRefusal } from '../../../server/src/salesforce/refusals.ts';
import { sendRecords, type RecordAnswer } from '../../../server/src/outbound/engine/send-records.ts';
import { OrgBase } from '../support/org-base.ts';

/** An org that refuses whole calls, or single records, by what they hold. */
class PickyOrg extends OrgBase {
  readonly calls: { readonly isBulk: boolean; readonly records: readonly OrgRecord[] }[] = [];
  /** Why a call is refused; null where it is taken. */
  refuseCall: (records: readonly OrgRecord[]) => SalesforceFault | null = () => null;
  refuseRecord: (record: OrgRecord) => string | null = () => null;

  constructor() {
    super('00000000-0000-0000-0000-000000000000');
  }

  override write(
    _operation: string,
    _object: string,
    records: readonly OrgRecord[],
  ): Promise<readonly SaveResult[]> {
    return this.#take(records, false);
  }

  override writeBulk(
    _operation: string,
    _object: string,
    records: readonly OrgRecord[],
  ): Promise<readonly SaveResult[]> {
    return this.#take(records, true);
  }

  #take(records: readonly OrgRecord[], isBulk: boolean): Promise<readonly SaveResult[]> {
    this.calls.push({ isBulk, records });
    const fault = this.refuseCall(records);
    if (fault) return Promise.reject(fault);
    return Promise.resolve(
      records.map((record): SaveResult => {
        const code = this.refuseRecord(record);
        const errors = code === null ? [] : [{ code, message: `${code} said`, fields: [] }];
        return { id: String(record.Id), isSaved: code === null, isCreated: false, errors };
      }),
    );
  }
}

const people = (count: number): OrgRecord[] =>
  Array.from({ length: count }, (_none, number) => ({ Id: `003${number}`, LastName: `P${number}` }));
const parserError = (where = ''): SalesforceFault =>
  new SalesforceFault('give-up', 'JSON_PARSER_ERROR', `Cannot deserialize${where}`);

interface Sent {
  readonly saved: string[];
  /** Codes of the refused by record. */
  readonly refused: Record<string, string>;
  readonly common: RecordRefusal[];
}

async function send(org: PickyOrg, records: readonly OrgRecord[], bulkFrom = Infinity): Promise<Sent> {
  const sent: Sent = { saved: [], refused: {}, common: [] };
  await sendRecords(
    {
      org,
      operation: 'update',
      object: 'Contact',
      options: {},
      bulkFrom,
      recordOf: (record: OrgRecord) => record,
      beforeCall: () => Promise.resolve(),
      onAnswers: (written: readonly OrgRecord[], answers: readonly RecordAnswer[]) => {
        answers.forEach((answer, place) => {
          const id = String(written[place]?.Id);
          if (answer.isSaved) sent.saved.push(id);
          else sent.refused[id] = `${answer.refusal.follows} ${answer.refusal.code}`;
        });
        return Promise.resolve();
      },
      onCommonRefusal: (refusal) => {
        sent.common.push(refusal);
        return Promise.resolve();
      },
    },
    records,
  );
  return sent;
}

describe('records that are sent to an org', () => {
  it('are saved but for the one that has the whole call refused', async () => {
    const org = new PickyOrg();
    org.refuseCall = (records) => (records.some(({ Id }) => Id === '003137') ? parserError() : null);
    const { saved, refused } = await send(org, people(200));
    expect(saved).toHaveLength(199);
    expect(refused).toEqual({ '003137': 'give-up JSON_PARSER_ERROR' });
    expect(org.calls.length).toBeLessThan(20);
  });

  it.each([
    ['in the same words', () => ''],
    ['each in words of its own', (bad: readonly OrgRecord[]) => ` at ${String(bad[0]?.Id)}`],
  ])('are saved but for some that have calls refused %s', async (_how, where) => {
    const org = new PickyOrg();
    const isBad = ({ Id }: OrgRecord): boolean => /[05]$/.test(String(Id)) && String(Id).length > 5;
    org.refuseCall = (records) => {
      const bad = records.filter(isBad);
      return bad.length > 0 ? parserError(where(bad)) : null;
    };
    const { saved, refused } = await send(org, people(200));
    expect(Object.keys(refused)).toEqual(
      expect.arrayContaining(
        people(200)
          .filter(isBad)
          .map(({ Id }) => Id),
      ),
    );
    expect(Object.keys(refused)).toHaveLength(20);
    expect(saved).toHaveLength(180);
  });

  it('cost a handful of calls where every call is refused alike, however many there are', async () => {
    const org = new PickyOrg();
    org.refuseCall = () => parserError();
    const { saved, refused } = await send(org, people(1000));
    expect(saved).toEqual([]);
    expect(Object.keys(refused)).toHaveLength(1000);
    // The first 200, both of its halves, three alone; then each further 200 once, and the rest of the first.
    expect(org.calls.map(({ records }) => records.length)).toEqual([
      200, 100, 100, 1, 1, 1, 200, 200, 200, 200,
    ]);
  });

  it('name what every one of a call was refused for, and nothing that one alone was', async () => {
    const org = new PickyOrg();
    org.refuseRecord = ({ Id }) => (Id === '0031' ? 'INVALID_FIELD_FOR_INSERT_UPDATE' : null);
    const one = await send(org, people(3));
    expect([one.saved, one.refused, one.common]).toEqual([
      ['0030', '0032'],
      { '0031': 'give-up INVALID_FIELD_FOR_INSERT_UPDATE' },
      [],
    ]);
    org.refuseRecord = () => 'INVALID_FIELD_FOR_INSERT_UPDATE';
    const all = await send(org, people(3));
    expect(all.common.map(({ code }) => code)).toEqual(['INVALID_FIELD_FOR_INSERT_UPDATE']);
  });

  it('are never taken for gone because the address of a call is not there', async () => {
    const org = new PickyOrg();
    org.refuseCall = () =>
      new SalesforceFault('give-up', 'NOT_FOUND', 'The requested resource does not exist');
    const { refused, common } = await send(org, people(2));
    expect(refused).toEqual({ '0030': 'give-up NOT_FOUND', '0031': 'give-up NOT_FOUND' });
    expect(common.length).toBeGreaterThan(0);
  });

  it('go by collections where one of their texts would mean something else to the Bulk API', async () => {
    const org = new PickyOrg();
    const records = people(10).map((record, place) =>
      place === 4 ? { ...record, LastName: '#N/A' } : record,
    );
    expect((await send(org, records, 5)).saved).toHaveLength(10);
    expect(org.calls.map(({ isBulk, records: { length } }) => [isBulk, length])).toEqual([
      [true, 9],
      [false, 1],
    ]);
  });

  it('go by collections where the job as a whole is refused', async () => {
    const org = new PickyOrg();
    org.refuseCall = (records) =>
      records.length > 200 ? new SalesforceFault('give-up', 'BULK_JOB_FAILED', 'InvalidBatch') : null;
    expect((await send(org, people(450), 400)).saved).toHaveLength(450);
    expect(org.calls.map(({ isBulk, records: { length } }) => [isBulk, length])).toEqual([
      [true, 450],
      [false, 200],
      [false, 200],
      [false, 50],
    ]);
  });

  it('never stand in one call twice', async () => {
    const org = new PickyOrg();
    await send(org, [...people(3), ...people(3)]);
    expect(org.calls.map(({ records: { length } }) => length)).toEqual([3, 3]);
  });
});
