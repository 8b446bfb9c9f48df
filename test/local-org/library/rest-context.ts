import { current, type Transaction } from '../execution/transaction.ts';
import { ApexMap } from '../values/collections.ts';
import type { ApexValue } from '../values/object.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { beanClass, newBean, type Bean } from './beans.ts';
import { platformClass } from './registry.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };
const texts = (): ApexMap => new ApexMap(STRING, STRING);
const put = (property: string) => (bean: Bean, name: string, value: string) => {
  const map = bean.get(property);
  if (map instanceof ApexMap) map.put(name, value);
};

beanClass('System.RestRequest', {
  defaults: () => ({ headers: texts(), params: texts() }),
  methods: { 'addHeader/2': put('headers'), 'addParameter/2': put('params') },
});
beanClass('System.RestResponse', {
  defaults: () => ({ headers: texts() }),
  methods: { 'addHeader/2': put('headers') },
});

/** What an Apex REST method was asked and what it answers; null outside of one, unless a test sets it. */
interface RestState {
  request: ApexValue;
  response: ApexValue;
}

const states = new WeakMap<Transaction, RestState>();

export function restState(transaction: Transaction): RestState {
  let state = states.get(transaction);
  if (!state) states.set(transaction, (state = { request: null, response: null }));
  return state;
}

/** A request as Apex sees it, and an answer that is still empty. */
export function newRestExchange(): { request: Bean; response: Bean } {
  return { request: newBean('System.RestRequest'), response: newBean('System.RestResponse') };
}

platformClass({
  name: 'System.RestContext',
  staticProperties: {
    request: () => restState(current()).request,
    'request=': (value: ApexValue) => (restState(current()).request = value),
    response: () => restState(current()).response,
    'response=': (value: ApexValue) => (restState(current()).response = value),
  },
});
