import { typeName } from '../values/type-ref.ts';
import { ApexBlob } from '../values/dates.ts';
import { ApexList } from '../values/collections.ts';
import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { isSourceObject, PlatformObject } from '../values/instance.ts';
import type { ApexReference } from '../values/object.ts';
import { calloutFrom } from '../execution/callouts.ts';
import { current } from '../execution/transaction.ts';
import { findPlatformClass, platformClass } from './registry.ts';
import { XmlDocument } from './xml-document.ts';
import { XmlStreamReader } from './xml-streams.ts';

const bytes = (blob: ApexBlob | null): Buffer => (blob ?? throwNull()).bytes;

/** A request or an answer of HTTP: headers are found whatever their case. */
class HttpMessage extends PlatformObject {
  readonly headers = new Map<string, [string, string]>();
  body: Buffer = Buffer.alloc(0);
  setHeader(name: string, value: string): void {
    this.headers.set(name.toLowerCase(), [name, value]);
  }
}
export class ApexHttpRequest extends HttpMessage {
  method = 'GET';
  isCompressed = false;
  endpoint: string | null = null;
  timeout = 10_000;
  constructor() {
    super('System.HttpRequest');
  }
  override toString(): string {
    return `System.HttpRequest[Endpoint=${this.endpoint ?? 'null'}, Method=${this.method}]`;
  }
}
export class ApexHttpResponse extends HttpMessage {
  statusCode = 0;
  status: string | null = null;
  constructor() {
    super('System.HttpResponse');
  }
  override toString(): string {
    return `System.HttpResponse[Status=${this.status ?? 'null'}, StatusCode=${this.statusCode}]`;
  }
}

const message = {
  'toString/0': (each: ApexHttpRequest | ApexHttpResponse) => each.toString(),
  'getBodyDocument/0': (each: HttpMessage) => XmlDocument.parse(each.body.toString('utf8')),
  'getXmlStreamReader/0': (each: HttpMessage) => new XmlStreamReader(each.body.toString('utf8')),
  'getBody/0': (each: HttpMessage) => each.body.toString('utf8'),
  'getBodyAsBlob/0': (each: HttpMessage) => new ApexBlob(each.body),
  'setBody/1': (each: HttpMessage, body: string | null) => {
    each.body = Buffer.from(body ?? throwNull(), 'utf8');
  },
  'setBodyAsBlob/1': (each: HttpMessage, body: ApexBlob | null) => {
    each.body = bytes(body);
  },
  'getHeader/1': (each: HttpMessage, name: string) => each.headers.get(name.toLowerCase())?.[1] ?? null,
  'setHeader/2': (each: HttpMessage, name: string, value: string) => {
    each.setHeader(name, value);
  },
  'getHeaderKeys/0': (each: HttpMessage) =>
    new ApexList(
      { kind: 'primitive', name: 'String' },
      [...each.headers.values()].map(([name]) => name),
    ),
};

platformClass({
  name: 'System.HttpRequest',
  constructors: { 'new/0': () => new ApexHttpRequest() },
  methods: {
    ...message,
    'getEndpoint/0': (request: ApexHttpRequest) => request.endpoint,
    'setEndpoint/1': (request: ApexHttpRequest, endpoint: string) => {
      request.endpoint = endpoint;
    },
    'getMethod/0': (request: ApexHttpRequest) => request.method,
    'setMethod/1': (request: ApexHttpRequest, method: string) => {
      request.method = method;
    },
    'setTimeout/1': (request: ApexHttpRequest, timeout: number) => {
      if (timeout < 1 || timeout > 120_000)
        throwPlatform('System.CalloutException', 'Timeout must be between 1 and 120000 ms');
      request.timeout = timeout;
    },
    'setCompressed/1': (request: ApexHttpRequest, isCompressed: boolean) => {
      request.isCompressed = isCompressed;
    },
    'getCompressed/0': (request: ApexHttpRequest) => request.isCompressed,
    'setBodyDocument/1': (request: ApexHttpRequest, document: XmlDocument | null) => {
      request.body = Buffer.from((document ?? throwNull()).text, 'utf8');
    },
  },
});
platformClass({
  name: 'System.HttpResponse',
  constructors: { 'new/0': () => new ApexHttpResponse() },
  methods: {
    ...message,
    'getStatus/0': (response: ApexHttpResponse) => response.status,
    'setStatus/1': (response: ApexHttpResponse, status: string | null) => {
      response.status = status;
    },
    'getStatusCode/0': (response: ApexHttpResponse) => response.statusCode,
    'setStatusCode/1': (response: ApexHttpResponse, code: number) => {
      response.statusCode = code;
    },
  },
});

class ApexHttp extends PlatformObject {
  constructor() {
    super('System.Http');
  }
}
platformClass({
  name: 'System.Http',
  constructors: { 'new/0': () => new ApexHttp() },
  methods: { 'send/1': (_http: ApexHttp, request: ApexHttpRequest | null) => send(request ?? throwNull()) },
});

/** A callout: counted, refused after uncommitted work, answered by the test's mock or by the network. */
function send(request: ApexHttpRequest): ApexReference {
  const transaction = current();
  transaction.limits.count('callouts');
  if (transaction.hasUncommittedWork)
    throw platformException(
      'System.CalloutException',
      'You have uncommitted work pending. Please commit or rollback before calling out',
    );
  const { test } = transaction;
  if (test) {
    const mock = test.calloutMock;
    if (mock === null)
      throw platformException(
        'System.TypeException',
        'Methods defined as TestMethod do not support Web service callouts',
      );
    const answer = isSourceObject(mock)
      ? mock.$methods['respond/1']?.call(mock, request)
      : findPlatformClass(typeName(mock.$type))?.methods?.['respond/1']?.(mock, request);
    return answer instanceof ApexHttpResponse ? answer : throwNull();
  }
  const answer = calloutFrom(transaction, {
    method: request.method,
    endpoint: request.endpoint ?? '',
    headers: Object.fromEntries(request.headers.values()),
    body: request.body,
    timeout: request.timeout,
  });
  const response = new ApexHttpResponse();
  response.statusCode = answer.status;
  response.status = answer.statusText;
  response.body = answer.body;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  return response;
}
