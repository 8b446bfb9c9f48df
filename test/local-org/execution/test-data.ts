import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { SObjectTypeToken } from '../database/schema-tokens.ts';
import { fieldText } from '../database/field-text.ts';
import { Bean, beanClass } from '../library/beans.ts';
import { addStatics } from '../library/registry.ts';
import { ApexHttpResponse } from '../library/http.ts';
import { ApexList } from '../values/collections.ts';
import { ApexBlob } from '../values/dates.ts';
import { platformException, throwNull } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { dmlStatement } from './dml.ts';
import { current } from './transaction.ts';

/** The bytes of a static resource by its name; a System.StringException where there is none. */
function resourceBody(name: string): Buffer {
  const [row] = current().org.store.findBy('StaticResource', 'Name', name);
  const body = row?.get('body');
  if (!(body instanceof ApexBlob))
    throw platformException('System.StringException', `Static Resource not found: ${path.basename(name)}`);
  return body.bytes;
}

/** Test.loadData: the rows of a CSV file in a static resource, inserted. An Id in them relates rows of several files. */
function loadData(token: ApexValue, resource: string | null): ApexList {
  if (!(token instanceof SObjectTypeToken)) return throwNull();
  const object = token.object;
  const rows: Record<string, string>[] = parse(resourceBody(resource ?? throwNull()), {
    columns: true,
    bom: true,
    trim: true,
    skip_empty_lines: true,
  });
  const records = rows.map((row) => {
    const record = new ApexSObject(object);
    for (const [name, text] of Object.entries(row)) {
      const field = record.field(name);
      if (field.type !== 'id' && text !== '') record.put(name, fieldText(field, text));
    }
    return record;
  });
  const list = new ApexList({ kind: 'sobject', name: object.name }, records);
  dmlStatement('insert', list, null);
  return list;
}

/** An answer to a callout from a static resource, with the status and headers that the test has set. */
function answer(mock: Bean, resource: ApexValue): ApexHttpResponse {
  const response = new ApexHttpResponse();
  response.body = resourceBody(String(resource ?? throwNull()));
  const code = mock.get('statusCode');
  const status = mock.get('status');
  response.statusCode = typeof code === 'number' ? code : 200;
  response.status = typeof status === 'string' ? status : 'OK';
  for (const [name, value] of mock.values)
    if (name.startsWith('header ') && typeof value === 'string') response.setHeader(name.slice(7), value);
  return response;
}

const setHeader = (mock: Bean, name: string, value: string): void => {
  mock.set(`header ${name}`, value);
};
beanClass('System.StaticResourceCalloutMock', {
  methods: {
    'setHeader/2': setHeader,
    'respond/1': (mock: Bean) => answer(mock, mock.get('staticResource')),
  },
});
beanClass('System.MultiStaticResourceCalloutMock', {
  methods: {
    'setHeader/2': setHeader,
    'setStaticResource/2': (mock: Bean, endpoint: string, resource: string) => {
      mock.set(`resource ${endpoint}`, resource);
    },
    'respond/1': (mock: Bean, request: { readonly endpoint: string | null }) =>
      answer(mock, mock.get(`resource ${request.endpoint ?? ''}`)),
  },
});

addStatics('System.Test', {
  'loadData/2': loadData,
  'getStandardPricebookId/0': () => {
    const [row] = current().org.store.findBy('Pricebook2', 'IsStandard', true);
    return row?.get('id') ?? null;
  },
});
