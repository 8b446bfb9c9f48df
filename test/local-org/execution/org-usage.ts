import type { ObjectSchema } from '../database/schema.ts';
import { platformException } from '../values/exception.ts';
import type { LocalOrg } from '../org.ts';

/** What an Enterprise Edition org with a few licences may use. (Salesforce Developer Limits; OrgLimits names them so.) */
const LIMITS = {
  DailyApiRequests: 15_000,
  DailyAsyncApexExecutions: 250_000,
  DailyBulkApiBatches: 15_000,
  DailyBulkV2QueryJobs: 10_000,
  DailyStandardVolumePlatformEvents: 10_000,
  DailyStreamingApiEvents: 10_000,
  DailyWorkflowEmails: 390,
  DataStorageMB: 10_240,
  FileStorageMB: 20,
  HourlyPublishedPlatformEvents: 250_000,
  HourlyTimeBasedWorkflow: 50,
  MassEmail: 10,
  SingleEmail: 15,
} as const;

export type OrgLimitName = keyof typeof LIMITS;
export type OrgLimitValues = Partial<Record<OrgLimitName, number>>;

const HOUR = 3_600_000;
/** Windows over which uses are counted: both roll. */
const WINDOWS = { DailyAsyncApexExecutions: 24 * HOUR, HourlyPublishedPlatformEvents: HOUR } as const;
export type CountedLimit = keyof typeof WINDOWS;
const SLICE = 60_000;
/** Bytes that nearly every record takes, however much is in it. (Salesforce Help, Salesforce Record Size Overview.) */
const RECORD_BYTES = 2048;
const MEGABYTE = 1_048_576;

/** Uses within the last hours, by minutes. */
class RollingCount {
  readonly #window: number;
  readonly #slices = new Map<number, number>();
  total = 0;

  constructor(window: number) {
    this.#window = window;
  }

  add(now: number): void {
    const slice = Math.floor(now / SLICE);
    this.#slices.set(slice, (this.#slices.get(slice) ?? 0) + 1);
    this.total += 1;
  }

  clear(): void {
    this.#slices.clear();
    this.total = 0;
  }

  used(now: number): number {
    const oldest = Math.floor((now - this.#window) / SLICE);
    let used = 0;
    for (const [slice, count] of this.#slices)
      if (slice <= oldest) this.#slices.delete(slice);
      else used += count;
    return used;
  }
}

/** What the org as a whole has used of its limits, and what it says where one is reached. */
export class OrgUsage {
  readonly #org: LocalOrg;
  readonly #limits: Readonly<Record<OrgLimitName, number>>;
  readonly #counts: Readonly<Record<CountedLimit, RollingCount>>;
  /** What others than the code of this org have used already. */
  readonly #before: OrgLimitValues = {};

  constructor(org: LocalOrg, limits: OrgLimitValues = {}) {
    this.#org = org;
    this.#limits = { ...LIMITS, ...limits };
    this.#counts = {
      DailyAsyncApexExecutions: new RollingCount(WINDOWS.DailyAsyncApexExecutions),
      HourlyPublishedPlatformEvents: new RollingCount(WINDOWS.HourlyPublishedPlatformEvents),
    };
  }

  get names(): readonly OrgLimitName[] {
    return Object.keys(LIMITS).filter(isLimit);
  }

  limit(name: OrgLimitName): number {
    return this.#limits[name];
  }

  used(name: OrgLimitName): number {
    const before = this.#before[name] ?? 0;
    if (name === 'DailyApiRequests') return before + this.#org.counters.apiCalls;
    if (name === 'DataStorageMB') return before + this.#storedMegabytes();
    return before + (isCounted(name) ? this.#counts[name].used(this.#org.now()) : 0);
  }

  /** Since the org was started. */
  total(name: CountedLimit): number {
    return this.#counts[name].total;
  }

  /** Says that others have used so much, as another package of the same org would. */
  useElsewhere(name: OrgLimitName, amount: number): void {
    this.#before[name] = amount;
  }

  /** Begins to count anew. */
  forget(): void {
    for (const count of Object.values(this.#counts)) count.clear();
  }

  count(name: CountedLimit): void {
    this.#counts[name].add(this.#org.now());
  }

  hasRoom(name: OrgLimitName): boolean {
    return this.used(name) < this.#limits[name];
  }

  /**
   * Throws what enqueuing a job throws once the day's executions are used up. (Apex Developer Guide, Execution Governors
   * and Limits; the text as it stands in published stack traces.)
   */
  checkAsync(): void {
    if (!this.hasRoom('DailyAsyncApexExecutions'))
      throw platformException(
        'System.AsyncException',
        'Rate Limiting Exception : AsyncApexExecutions Limit exceeded.',
      );
  }

  #storedMegabytes(): number {
    const { schema, store } = this.#org;
    // What lies in the recycle bin takes no storage.
    let records = -store.recycled;
    for (const name of store.filled()) {
      const object = schema.object(name);
      if (object && takesStorage(object)) records += store.count(name);
    }
    return Math.floor((records * RECORD_BYTES) / MEGABYTE);
  }
}

function isLimit(name: string): name is OrgLimitName {
  return Object.hasOwn(LIMITS, name);
}

function isCounted(name: OrgLimitName): name is CountedLimit {
  return Object.hasOwn(WINDOWS, name);
}

/** What the platform itself keeps of jobs, subscribers and the set-up takes none. */
function takesStorage(object: ObjectSchema): boolean {
  return !WITHOUT_STORAGE.has(object.name);
}
const WITHOUT_STORAGE = new Set([
  'ApexTrigger',
  'AsyncApexJob',
  'CronTrigger',
  'CronJobDetail',
  'EntityDefinition',
  'EventBusSubscriber',
  'FieldDefinition',
]);
