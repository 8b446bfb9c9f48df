import { ApexList, ApexMap } from '../values/collections.ts';
import { PlatformObject } from '../values/instance.ts';
import { current } from '../execution/transaction.ts';
import { platformClass } from './registry.ts';

/** One of the org's own limits, such as a day's asynchronous executions. */
class OrgLimit extends PlatformObject {
  readonly name: string;
  readonly used: number;
  readonly maximum: number;
  constructor(name: string, used: number, maximum: number) {
    super('System.OrgLimit');
    this.name = name;
    this.used = used;
    this.maximum = maximum;
  }
}
platformClass({
  name: 'System.OrgLimit',
  methods: {
    'getName/0': (limit: OrgLimit) => limit.name,
    'getValue/0': (limit: OrgLimit) => limit.used,
    'getLimit/0': (limit: OrgLimit) => limit.maximum,
  },
});

/** Values of a Developer Edition; what the local org counts is what it has done since it was started. */
function orgLimits(): OrgLimit[] {
  const { counters } = current().org;
  return [
    new OrgLimit('DailyApiRequests', counters.apiCalls, 15_000),
    new OrgLimit('DailyAsyncApexExecutions', 0, 250_000),
    new OrgLimit('HourlyPublishedPlatformEvents', 0, 50_000),
    new OrgLimit('DataStorageMB', 0, 5),
  ];
}
const LIMIT = { kind: 'platform', name: 'System.OrgLimit', arguments: [] } as const;
platformClass({
  name: 'System.OrgLimits',
  statics: {
    'getAll/0': () => new ApexList(LIMIT, orgLimits()),
    'getMap/0': () =>
      new ApexMap(
        { kind: 'primitive', name: 'String' },
        LIMIT,
        orgLimits().map((limit) => [limit.name, limit] as const),
      ),
  },
});
