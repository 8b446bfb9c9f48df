import { dmlStatement } from '../execution/dml.ts';
import { ApexList } from '../values/collections.ts';
import { throwNull } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { PageReference } from './pages.ts';
import { platformClass } from './registry.ts';

/** An ApexPages.StandardController. */
class StandardController extends PlatformObject {
  readonly record: ApexSObject;
  constructor(record: ApexSObject) {
    super('ApexPages.StandardController');
    this.record = record;
  }
  get page(): PageReference {
    return new PageReference(`/${this.record.id ?? ''}`);
  }
}

const home = (record: ApexSObject): PageReference => new PageReference(`/${record.schema.keyPrefix}/o`);

platformClass({
  name: 'ApexPages.StandardController',
  constructors: { 'new/1': (record: ApexSObject | null) => new StandardController(record ?? throwNull()) },
  methods: {
    'getRecord/0': (controller: StandardController) => controller.record,
    // Fifteen characters, as an address has them: what is named after it shows. (DLRS, RollupServiceTest3.testScheduleCalculateJob.)
    'getId/0': (controller: StandardController) => controller.record.id?.slice(0, 15) ?? null,
    // In a test every field is there that the record was made or queried with.
    'addFields/1': () => undefined,
    'save/0': (controller: StandardController) => {
      dmlStatement(controller.record.id === null ? 'insert' : 'update', controller.record, null);
      return controller.page;
    },
    'delete/0': (controller: StandardController) => {
      dmlStatement('delete', controller.record, null);
      return home(controller.record);
    },
    'view/0': (controller: StandardController) => controller.page,
    'edit/0': (controller: StandardController) => new PageReference(`${controller.page.url}/e`),
    'cancel/0': (controller: StandardController) =>
      controller.record.id === null ? home(controller.record) : controller.page,
  },
});

/** An ApexPages.StandardSetController: records, page by page. */
class StandardSetController extends PlatformObject {
  readonly records: ApexList;
  selected: ApexValue[] = [];
  pageSize = 20;
  page = 1;
  constructor(records: Iterable<ApexValue>) {
    super('ApexPages.StandardSetController');
    const items = [...records];
    const [first] = items;
    const element: TypeRef = first instanceof ApexSObject ? first.$type : { kind: 'sobject', name: null };
    this.records = new ApexList(element, items);
  }
  get lastPage(): number {
    return Math.max(1, Math.ceil(this.records.items.length / this.pageSize));
  }
  turnTo(page: number): void {
    this.page = Math.min(Math.max(1, page), this.lastPage);
  }
  list(items: readonly ApexValue[]): ApexList {
    return new ApexList(this.records.elementType, [...items]);
  }
}

platformClass({
  name: 'ApexPages.StandardSetController',
  constructors: {
    'new/1': (records: Iterable<ApexValue> | null) => new StandardSetController(records ?? throwNull()),
  },
  methods: {
    'getRecords/0': (controller: StandardSetController) => {
      const start = (controller.page - 1) * controller.pageSize;
      return controller.list(controller.records.items.slice(start, start + controller.pageSize));
    },
    'getRecord/0': (controller: StandardSetController) => controller.records.items[0] ?? null,
    'getResultSize/0': (controller: StandardSetController) => controller.records.items.length,
    'getCompleteResult/0': (controller: StandardSetController) => controller.records.items.length < 10_000,
    'getPageSize/0': (controller: StandardSetController) => controller.pageSize,
    'setPageSize/1': (controller: StandardSetController, size: number) => {
      controller.pageSize = size;
    },
    'getPageNumber/0': (controller: StandardSetController) => controller.page,
    'setPageNumber/1': (controller: StandardSetController, page: number) => {
      controller.turnTo(page);
    },
    'getHasNext/0': (controller: StandardSetController) => controller.page < controller.lastPage,
    'getHasPrevious/0': (controller: StandardSetController) => controller.page > 1,
    'next/0': (controller: StandardSetController) => {
      controller.turnTo(controller.page + 1);
    },
    'previous/0': (controller: StandardSetController) => {
      controller.turnTo(controller.page - 1);
    },
    'first/0': (controller: StandardSetController) => {
      controller.turnTo(1);
    },
    'last/0': (controller: StandardSetController) => {
      controller.turnTo(controller.lastPage);
    },
    'getSelected/0': (controller: StandardSetController) => controller.list(controller.selected),
    'setSelected/1': (controller: StandardSetController, selected: ApexList) => {
      controller.selected = [...selected.items];
    },
    'addFields/1': () => undefined,
    'save/0': (controller: StandardSetController) => {
      dmlStatement('update', controller.list(controller.records.items), null);
      return null;
    },
    'cancel/0': () => null,
  },
});
