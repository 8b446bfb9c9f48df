import type { Logger } from 'pino';
import { currentTracer } from '../process/tracing.ts';
import type { OrgApi } from './api.ts';
import { SalesforceFault, type OrgRecord, type Producer, type SaveResult } from './org.ts';

/**
 * One line for each thing that an org is asked for: what, for whom, and how it ended; at level debug one for each record
 * that was to be written too. Nothing in it is a value of a record: reasons are codes, since messages may repeat values.
 */
export class AttemptLog {
  readonly #logger: Logger;
  readonly #api: OrgApi;

  constructor(logger: Logger, connection: string, producer: Producer, api: OrgApi) {
    this.#logger = logger.child({ connection, producer });
    this.#api = api;
  }

  /** Carries out what asks for no records. */
  async call<T>(operation: string, object: string | null, work: () => Promise<T>): Promise<T> {
    const attempt = this.#begin(operation, object);
    try {
      const answer = await work();
      attempt.end({});
      return answer;
    } catch (error) {
      throw attempt.failed(error);
    }
  }

  async write<T extends readonly SaveResult[] | null>(
    operation: string,
    object: string | null,
    records: readonly OrgRecord[],
    work: () => Promise<T>,
  ): Promise<T> {
    const attempt = this.#begin(operation, object, records.length);
    try {
      const results = await work();
      attempt.end({ outcomes: outcomesOf(results ?? []) });
      results?.forEach((result, place) => {
        attempt.record(result, records[place]);
      });
      return results;
    } catch (error) {
      throw attempt.failed(error);
    }
  }

  async *query(
    operation: string,
    soql: string,
    pages: AsyncIterable<readonly OrgRecord[]>,
  ): AsyncIterable<readonly OrgRecord[]> {
    const attempt = this.#begin(operation, /\bFROM\s+(\w+)/i.exec(soql)?.[1] ?? null);
    let records = 0;
    try {
      for await (const page of pages) {
        records += page.length;
        yield page;
      }
    } catch (error) {
      throw attempt.failed(error);
    } finally {
      attempt.end({ records });
    }
  }

  #begin(operation: string, object: string | null, records?: number): Attempt {
    const facts = { operation, object, ...(records === undefined ? {} : { records }) };
    return new Attempt(this.#logger, this.#api, facts);
  }
}

/** What was asked for. */
interface Facts {
  readonly operation: string;
  readonly object: string | null;
  readonly records?: number;
}

class Attempt {
  readonly #logger: Logger;
  readonly #api: OrgApi;
  readonly #facts: Facts;
  readonly #started = performance.now();
  readonly #callsBefore: number;
  #isOver = false;

  constructor(logger: Logger, api: OrgApi, facts: Facts) {
    this.#logger = logger;
    this.#api = api;
    this.#facts = facts;
    this.#callsBefore = api.callsMade;
  }

  end(result: Readonly<Record<string, unknown>>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { usage, callsMade, requestId } = this.#api;
    const fields = {
      ...this.#facts,
      ...result,
      calls: callsMade - this.#callsBefore,
      milliseconds: Math.round(performance.now() - this.#started),
      callsLeft: usage && Math.max(0, usage.limit - usage.used),
      requestId,
    };
    this.#logger.info(fields, 'salesforce call');
    this.#trace(fields.milliseconds);
  }

  #trace(milliseconds: number): void {
    const { operation, object, records } = this.#facts;
    const attributes = {
      'di.operation': operation,
      ...(object === null ? {} : { 'di.object': object }),
      ...(records === undefined ? {} : { 'di.records': records }),
    };
    const order = { name: `salesforce ${operation}`, kind: 'client', attributes } as const;
    currentTracer()?.note(order, Date.now() - milliseconds);
  }

  /** Answers the error, to be thrown on. */
  failed(error: unknown): unknown {
    const fault =
      error instanceof SalesforceFault
        ? { kind: error.kind, code: error.code }
        : { kind: 'internal', code: error instanceof Error ? error.name : 'unknown' };
    this.end({ fault });
    return error;
  }

  record(result: SaveResult, record: OrgRecord | undefined): void {
    if (!this.#logger.isLevelEnabled('debug')) return;
    const { operation, object } = this.#facts;
    const id = result.id ?? record?.Id ?? null;
    this.#logger.debug({ operation, object, record: id, outcome: outcomeOf(result) }, 'salesforce record');
  }
}

/** `created`, `saved`, or the code of the refusal. */
function outcomeOf(result: SaveResult): string {
  if (result.isSaved) return result.isCreated ? 'created' : 'saved';
  return result.errors[0]?.code ?? 'refused';
}

function outcomesOf(results: readonly SaveResult[]): Readonly<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  for (const result of results) outcomes[outcomeOf(result)] = (outcomes[outcomeOf(result)] ?? 0) + 1;
  return outcomes;
}
