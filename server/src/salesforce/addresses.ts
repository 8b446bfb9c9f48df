/** Where people log in to the orgs of companies, and to sandboxes of those without a domain of their own. */
export const LOGIN_ADDRESSES = {
  production: 'https://login.salesforce.com',
  sandbox: 'https://test.salesforce.com',
} as const;

/**
 * My Domain names of orgs, sandboxes' among them: `acme.my.salesforce.com`, `acme--uat.sandbox.my.salesforce.com`. Defense
 * agencies of the United States have `.mil`, orgs in China that Alibaba Cloud runs have `sfcrmproducts.cn`.
 */
const MY_DOMAIN = /^(?:[a-z0-9-]+\.)+my\.(?:salesforce\.com|salesforce\.mil|sfcrmproducts\.cn)$/;
/** Where an org may say that its API is. */
const INSTANCE = /^(?:[a-z0-9-]+\.)+(?:(?:salesforce|force)\.(?:com|mil)|sfcrmproducts\.cn)$/;
/** What the browser shows of an org: no API is there. */
const SCREENS =
  /\.(?:(?:lightning\.force|salesforce-setup|vf\.force|visual\.force|my\.site)\.com|(?:crm)?force\.mil|salesforce-setup\.mil|sfcrmapps\.cn)$/;

/**
 * Says which addresses the server may speak to: Salesforce's own over https, and origins that the operator allowed beside
 * them. What a person or a token's answer names goes through here before anything is sent.
 */
export class SalesforceAddresses {
  readonly #allowed: ReadonlySet<string>;

  /** @param origins those beside Salesforce's own, as `http://127.0.0.1:3001` */
  constructor(origins: readonly string[]) {
    this.#allowed = new Set(origins);
  }

  /** The origin of an address to log in at, or a sentence that says what is wrong with it. */
  loginOrigin(text: string): { readonly origin: string } | { readonly fault: string } {
    const url = parsed(text);
    if (url && this.#allowed.has(url.origin) && isBare(url)) return { origin: url.origin };
    if (url?.protocol !== 'https:' || url.port !== '' || !isBare(url))
      return {
        fault: 'A custom domain is written as https://your-domain.my.salesforce.com, and nothing else.',
      };
    if (SCREENS.test(url.hostname))
      return {
        fault: `${url.hostname} is an address of Salesforce’s screens. Give the one that Setup, My Domain shows: it ends in .my.salesforce.com, or in .my.salesforce.mil or .my.sfcrmproducts.cn.`,
      };
    const isLogin = Object.values<string>(LOGIN_ADDRESSES).includes(url.origin);
    if (!isLogin && !MY_DOMAIN.test(url.hostname))
      return { fault: `${url.hostname} is not a domain of Salesforce. Setup, My Domain shows yours.` };
    return { origin: url.origin };
  }

  /** The origin of the API that an answer of Salesforce named; null where it is none of Salesforce's. */
  instanceOrigin(text: string): string | null {
    const url = parsed(text);
    if (url?.username !== '' || url.password !== '') return null;
    if (this.#allowed.has(url.origin)) return url.origin;
    const isSalesforce = url.protocol === 'https:' && url.port === '' && INSTANCE.test(url.hostname);
    return isSalesforce ? url.origin : null;
  }
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** An origin alone: no user, no path, no query. */
function isBare(url: URL): boolean {
  return (
    url.username === '' && url.password === '' && url.pathname === '/' && url.search === '' && url.hash === ''
  );
}
