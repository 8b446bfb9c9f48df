import { current } from '../execution/transaction.ts';
import { platformEnum } from '../language/runtime/platform-enums.ts';
import { ApexList, ApexMap } from '../values/collections.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { beanClass, newBean, type Bean } from './beans.ts';
import { addStatics, platformClass } from './registry.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };
const LIMIT: TypeRef = { kind: 'platform', name: 'System.OrgLimit', arguments: [] };

beanClass('System.OrgLimit');
const orgLimits = (): Bean[] => {
  const { usage } = current().org;
  return usage.names.map((name) =>
    newBean('System.OrgLimit', { name, limit: usage.limit(name), value: usage.used(name) }),
  );
};

platformClass({
  name: 'System.OrgLimits',
  statics: {
    'getAll/0': () => new ApexList(LIMIT, orgLimits()),
    'getMap/0': () =>
      new ApexMap(
        STRING,
        LIMIT,
        orgLimits().map((each) => [each.get('name'), each] as const),
      ),
  },
});

/** A custom label by name: there is one language, and no namespace. */
function labelText(name: string | null): string {
  const wanted = name ?? throwNull();
  return (
    current().org.schema.label(wanted) ??
    throwPlatform('System.IllegalArgumentException', `Invalid label: ${wanted}`)
  );
}
platformClass({
  name: 'System.Label',
  statics: {
    'get/2': (_namespace: string | null, name: string | null) => labelText(name),
    'get/3': (_namespace: string | null, name: string | null) => labelText(name),
    'translationExists/3': () => false,
  },
});

class Collator extends PlatformObject {
  readonly order = new Intl.Collator('en-US');
  constructor() {
    super('System.Collator');
  }
}
platformClass({
  name: 'System.Collator',
  statics: { 'getInstance/0': () => new Collator() },
  methods: {
    'compare/2': (collator: Collator, left: string | null, right: string | null) =>
      collator.order.compare(left ?? '', right ?? ''),
  },
});

// The org has no site and no Experience Cloud: what code sees that runs outside of one.
platformClass({
  name: 'System.Network',
  statics: {
    'getNetworkId/0': () => null, // Without a site there is no page to land on.
    'communitiesLanding/0': () => null,
  },
});
platformClass({
  name: 'System.Site',
  statics: {
    'getName/0': () => null,
    'getSiteId/0': () => null,
    'getPathPrefix/0': () => null,
    'getBaseUrl/0': () => '',
    'getBaseSecureUrl/0': () => '',
    'getDomain/0': () => null,
    'getMasterLabel/0': () => null,
  },
});

addStatics('System.System', {
  'getApplicationReadWriteMode/0': () => platformEnum('System.ApplicationReadWriteMode', 'DEFAULT'),
});
