import { current } from '../execution/transaction.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import { platformClass } from './registry.ts';
import { restState } from './rest-context.ts';
import { Bean } from './beans.ts';

const ORG = 'https://local.my.salesforce.com';
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ftp: 21 };

/** A System.URL, its parts as Java's URL has them. */
class ApexUrl extends PlatformObject {
  readonly #written: string;
  readonly protocol: string;
  readonly authority: string | null;
  readonly file: string;
  readonly ref: string | null;

  constructor(written: string) {
    super('System.URL');
    const found = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^#]*)(?:#(.*))?$/is.exec(written);
    if (!found) throwPlatform('System.StringException', `no protocol: ${written}`);
    const [, protocol = '', authority, file = '', ref] = found;
    this.#written = written;
    this.protocol = protocol.toLowerCase();
    this.authority = authority ?? null;
    this.file = file;
    this.ref = ref ?? null;
  }

  get userInfo(): string | null {
    return this.authority?.includes('@') ? (this.authority.split('@')[0] ?? null) : null;
  }
  get host(): string {
    return (this.authority?.split('@').at(-1) ?? '').replace(/:\d+$/, '');
  }
  get port(): number {
    const port = /:(\d+)$/.exec(this.authority ?? '')?.[1];
    return port === undefined ? -1 : Number(port);
  }
  get path(): string {
    return this.file.split('?')[0] ?? '';
  }
  get query(): string | null {
    const at = this.file.indexOf('?');
    return at < 0 ? null : this.file.slice(at + 1);
  }
  override toString(): string {
    return this.#written;
  }
}

platformClass({
  name: 'System.URL',
  constructors: {
    'new/1': (text: string | null) => new ApexUrl(text ?? throwNull()),
    'new(System.Url,System.String)': (base: ApexUrl, text: string) =>
      new ApexUrl(new URL(text, base.toString()).href),
    'new/3': (protocol: string, host: string, file: string) => new ApexUrl(`${protocol}://${host}${file}`),
    'new/4': (protocol: string, host: string, port: number, file: string) =>
      new ApexUrl(`${protocol}://${host}${port < 0 ? '' : `:${port}`}${file}`),
  },
  statics: {
    'getOrgDomainUrl/0': () => new ApexUrl(ORG),
    'getSalesforceBaseUrl/0': () => new ApexUrl(ORG),
    'getCurrentRequestUrl/0': () => {
      const { request } = restState(current());
      const uri = request instanceof Bean ? request.get('requestURI') : null;
      return new ApexUrl(`${ORG}${typeof uri === 'string' ? uri : '/'}`);
    },
  },
  methods: {
    'toExternalForm/0': (each: ApexUrl) => each.toString(),
    'toString/0': (each: ApexUrl) => each.toString(),
    'getHost/0': (each: ApexUrl) => each.host,
    'getPath/0': (each: ApexUrl) => each.path,
    'getFile/0': (each: ApexUrl) => each.file,
    'getRef/0': (each: ApexUrl) => each.ref,
    'getProtocol/0': (each: ApexUrl) => each.protocol,
    'getQuery/0': (each: ApexUrl) => each.query,
    'getPort/0': (each: ApexUrl) => each.port,
    'getDefaultPort/0': (each: ApexUrl) => DEFAULT_PORTS[each.protocol] ?? -1,
    'getAuthority/0': (each: ApexUrl) => each.authority,
    'getUserInfo/0': (each: ApexUrl) => each.userInfo,
    'sameFile/1': (each: ApexUrl, other: ApexUrl) =>
      each.protocol === other.protocol && each.authority === other.authority && each.file === other.file,
  },
});
