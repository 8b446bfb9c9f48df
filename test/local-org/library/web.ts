import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  randomUUID,
} from 'node:crypto';
import { ApexBlob } from '../values/dates.ts';
import { ApexList } from '../values/collections.ts';
import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { isSourceObject, PlatformObject } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { typeName } from '../values/type-ref.ts';
import { calloutFrom } from '../execution/callouts.ts';
import { current } from '../execution/transaction.ts';
import { findPlatformClass, platformClass } from './registry.ts';

const bytes = (blob: ApexBlob | null): Buffer => (blob ?? throwNull()).bytes;

platformClass({
  name: 'System.EncodingUtil',
  statics: {
    'base64Encode/1': (blob: ApexBlob | null) => bytes(blob).toString('base64'),
    'base64Decode/1': (text: string | null) => new ApexBlob(Buffer.from(text ?? throwNull(), 'base64')),
    'convertToHex/1': (blob: ApexBlob | null) => bytes(blob).toString('hex'),
    'convertFromHex/1': (text: string | null) => new ApexBlob(Buffer.from(text ?? throwNull(), 'hex')),
    'urlEncode/2': (text: string | null) =>
      encodeURIComponent(text ?? throwNull())
        .replace(/%20/g, '+')
        .replace(/[!'()~]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`),
    'urlDecode/2': (text: string | null) => decodeURIComponent((text ?? throwNull()).replace(/\+/g, ' ')),
  },
});

const DIGESTS: Readonly<Record<string, string>> = {
  md5: 'md5',
  sha1: 'sha1',
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  sha256: 'sha256',
  'sha-512': 'sha512',
  sha512: 'sha512',
  'sha3-256': 'sha3-256',
  'sha3-384': 'sha3-384',
  'sha3-512': 'sha3-512',
};
const digest = (name: string | null): string =>
  DIGESTS[(name ?? throwNull()).toLowerCase().replace(/^hmac/, '')] ??
  throwPlatform('System.NoSuchAlgorithmException', `No such algorithm: ${name ?? ''}`);
const cipher = (name: string): string => `aes-${name.slice(3)}-cbc`;

platformClass({
  name: 'System.Crypto',
  statics: {
    'generateDigest/2': (name: string | null, input: ApexBlob | null) =>
      new ApexBlob(createHash(digest(name)).update(bytes(input)).digest()),
    'generateMac/3': (name: string | null, input: ApexBlob | null, key: ApexBlob | null) =>
      new ApexBlob(createHmac(digest(name), bytes(key)).update(bytes(input)).digest()),
    'generateAesKey/1': (size: number) => new ApexBlob(randomBytes(size / 8)),
    'getRandomInteger/0': () => randomBytes(4).readInt32BE(),
    'getRandomLong/0': () => randomBytes(8).readBigInt64BE(),
    'encrypt/4': (name: string, key: ApexBlob, vector: ApexBlob, clear: ApexBlob) => {
      const machine = createCipheriv(cipher(name), bytes(key), bytes(vector));
      return new ApexBlob(Buffer.concat([machine.update(bytes(clear)), machine.final()]));
    },
    'encryptWithManagedIV/3': (name: string, key: ApexBlob, clear: ApexBlob) => {
      const vector = randomBytes(16);
      const machine = createCipheriv(cipher(name), bytes(key), vector);
      return new ApexBlob(Buffer.concat([vector, machine.update(bytes(clear)), machine.final()]));
    },
    'decryptWithManagedIV/3': (name: string, key: ApexBlob, sealed: ApexBlob) => {
      const machine = createDecipheriv(cipher(name), bytes(key), bytes(sealed).subarray(0, 16));
      try {
        return new ApexBlob(Buffer.concat([machine.update(bytes(sealed).subarray(16)), machine.final()]));
      } catch {
        throw platformException('System.SecurityException', 'Given final block not properly padded.');
      }
    },
  },
});

class Uuid extends PlatformObject {
  readonly text: string;
  constructor(text: string) {
    super('System.UUID');
    this.text = text;
  }
  override toString(): string {
    return this.text;
  }
}
platformClass({
  name: 'System.UUID',
  statics: { 'randomUUID/0': () => new Uuid(randomUUID()), 'fromString/1': (text: string) => new Uuid(text) },
  methods: {
    'toString/0': (uuid: Uuid) => uuid.text,
    'equals/1': (uuid: Uuid, other: ApexValue) => other instanceof Uuid && other.text === uuid.text,
  },
});

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
  endpoint: string | null = null;
  timeout = 10_000;
  constructor() {
    super('System.HttpRequest');
  }
}
export class ApexHttpResponse extends HttpMessage {
  statusCode = 0;
  status: string | null = null;
  constructor() {
    super('System.HttpResponse');
  }
}

const message = {
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
    'setCompressed/1': () => undefined,
    'getCompressed/0': () => false,
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

class ApexUrl extends PlatformObject {
  readonly url: URL;
  constructor(text: string | null) {
    super('System.URL');
    if (!URL.canParse(text ?? throwNull()))
      throwPlatform('System.StringException', `Invalid URL: ${text ?? ''}`);
    this.url = new URL(text ?? '');
  }
}
platformClass({
  name: 'System.URL',
  constructors: { 'new/1': (text: string | null) => new ApexUrl(text) },
  statics: {
    'getOrgDomainUrl/0': () => new ApexUrl('https://local.my.salesforce.com'),
    'getSalesforceBaseUrl/0': () => new ApexUrl('https://local.my.salesforce.com'),
  },
  methods: {
    'toExternalForm/0': (each: ApexUrl) => each.url.href.replace(/\/$/, ''),
    'getHost/0': (each: ApexUrl) => each.url.hostname,
    'getPath/0': (each: ApexUrl) => each.url.pathname,
    'getProtocol/0': (each: ApexUrl) => each.url.protocol.replace(':', ''),
    'getQuery/0': (each: ApexUrl) => (each.url.search === '' ? null : each.url.search.slice(1)),
    'getPort/0': (each: ApexUrl) => (each.url.port === '' ? -1 : Number(each.url.port)),
    'getAuthority/0': (each: ApexUrl) => each.url.host,
  },
});
