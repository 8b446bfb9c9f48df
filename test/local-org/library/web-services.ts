import { current } from '../execution/transaction.ts';
import { ApexList, ApexMap } from '../values/collections.ts';
import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { isSourceObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { platformClass } from './registry.ts';

/**
 * WebServiceCallout.invoke, which classes generated from a WSDL call: a test's WebServiceMock answers. Outside of tests
 * SOAP is not spoken here.
 */
function invoke(stub: ApexValue, request: ApexValue, response: ApexMap | null, infos: ApexList | null): void {
  const transaction = current();
  transaction.limits.count('callouts');
  if (transaction.hasUncommittedWork)
    throwPlatform(
      'System.CalloutException',
      'You have uncommitted work pending. Please commit or rollback before calling out',
    );
  const { test } = transaction;
  if (!test)
    throw platformException('System.CalloutException', 'SOAP callouts are not supported by the local org');
  const mock = test.webServiceMock;
  const answer = isSourceObject(mock) ? mock.$methods['doinvoke/9'] : undefined;
  if (!isSourceObject(mock) || !answer)
    throw platformException(
      'System.TypeException',
      'Methods defined as TestMethod do not support Web service callouts',
    );
  const [
    endpoint = null,
    action = null,
    ,
    requestName = null,
    namespace = null,
    responseName = null,
    type = null,
  ] = (infos ?? throwNull()).items;
  answer.call(mock, stub, request, response, endpoint, action, requestName, namespace, responseName, type);
}

platformClass({ name: 'System.WebServiceCallout', statics: { 'invoke/4': invoke } });
