import type { StoredRecord } from '../database/store.ts';
import type { LocalOrg } from '../org.ts';
import { ApexDecimal, divideDecimals, isApexNumber, toBig } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import type { RolledUp } from './roll-ups.ts';

const number = (value: ApexValue | undefined): ApexDecimal | null =>
  isApexNumber(value) ? new ApexDecimal(toBig(value)) : null;
const fieldOf = (org: LocalOrg, object: string, id: ApexValue | undefined, field: string): ApexValue =>
  (typeof id === 'string' ? org.store.get(object, id)?.get(field) : null) ?? null;

/** What the platform works out for an opportunity's product: its product, name and prices. */
export function completeLineItem(org: LocalOrg, values: Map<string, ApexValue>): void {
  const entry = values.get('pricebookentryid');
  const product = fieldOf(org, 'PricebookEntry', entry, 'product2id') ?? values.get('product2id') ?? null;
  values.set('product2id', product);
  values.set('listprice', fieldOf(org, 'PricebookEntry', entry, 'unitprice'));
  const names = [
    fieldOf(org, 'Opportunity', values.get('opportunityid'), 'name'),
    fieldOf(org, 'Product2', product, 'name'),
  ];
  values.set('name', names.filter((each) => typeof each === 'string').join(' '));
  const quantity = number(values.get('quantity'));
  const price = number(values.get('unitprice'));
  const total = number(values.get('totalprice'));
  if (!quantity) return;
  if (price) {
    const share = ApexDecimal.of(100).big.subtract(number(values.get('discount'))?.big ?? toBig(0));
    values.set(
      'totalprice',
      new ApexDecimal(price.big.multiply(quantity.big).multiply(share).movePointLeft(2)),
    );
    values.set('subtotal', new ApexDecimal(price.big.multiply(quantity.big)));
  } else if (total) values.set('unitprice', new ApexDecimal(divideDecimals(total.big, quantity.big)));
}

/** An opportunity with products has their sum as its amount. */
export function opportunityAmounts(
  org: LocalOrg,
  rows: readonly (StoredRecord | null | undefined)[],
): RolledUp[] {
  const object = org.schema.object('Opportunity');
  const ids = new Set(rows.map((row) => row?.get('opportunityid')));
  return [...ids].flatMap((id) => {
    if (!object || typeof id !== 'string' || !org.store.get('Opportunity', id)) return [];
    const items = org.store
      .findBy('OpportunityLineItem', 'OpportunityId', id)
      .filter((row) => row.get('isdeleted') !== true);
    const sum = items.reduce(
      (total, row) => total.add(number(row.get('totalprice'))?.big ?? toBig(0)),
      toBig(0),
    );
    const values = new Map<string, ApexValue>([['hasopportunitylineitem', items.length > 0]]);
    if (items.length > 0) values.set('amount', new ApexDecimal(sum));
    return [{ object, id, values }];
  });
}
