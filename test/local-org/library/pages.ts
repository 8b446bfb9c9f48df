import { current, type Transaction } from '../execution/transaction.ts';
import { ApexList, ApexMap } from '../values/collections.ts';
import { ApexException, throwNull } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { platformEnum } from '../language/runtime/platform-enums.ts';
import { Bean, beanClass, newBean } from './beans.ts';
import { addStatics, platformClass } from './registry.ts';
import type { DmlFailure } from './exceptions.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };
const MESSAGE: TypeRef = { kind: 'platform', name: 'ApexPages.Message', arguments: [] };

/** A System.PageReference: an address with parameters. */
export class PageReference extends PlatformObject {
  readonly path: string;
  readonly parameters = new ApexMap(STRING, STRING);
  readonly headers = new ApexMap(STRING, STRING);
  readonly cookies = new ApexMap(STRING, { kind: 'platform', name: 'System.Cookie', arguments: [] });
  anchor: string | null = null;
  redirect = false;

  constructor(url: string) {
    super('System.PageReference');
    const [before = '', anchor] = url.split('#');
    const [path = '', query = ''] = before.split('?');
    this.path = path;
    this.anchor = anchor ?? null;
    for (const [name, value] of new URLSearchParams(query)) this.parameters.put(name, value);
  }

  get url(): string {
    const query = new URLSearchParams(
      [...this.parameters].map(([name, value]): [string, string] => [String(name), String(value ?? '')]),
    ).toString();
    return this.path + (query === '' ? '' : `?${query}`) + (this.anchor === null ? '' : `#${this.anchor}`);
  }

  override toString(): string {
    return `System.PageReference[${this.url}]`;
  }
}

const addressOf = (target: ApexValue): string =>
  target instanceof ApexSObject ? `/${target.id ?? ''}` : String(target ?? throwNull());

platformClass({
  name: 'System.PageReference',
  constructors: { 'new/1': (target: ApexValue) => new PageReference(addressOf(target)) },
  methods: {
    'getUrl/0': (page: PageReference) => page.url,
    'getParameters/0': (page: PageReference) => page.parameters,
    'getHeaders/0': (page: PageReference) => page.headers,
    'getCookies/0': (page: PageReference) => page.cookies,
    'setCookies/1': (page: PageReference, cookies: ApexList) => {
      for (const cookie of cookies.items)
        if (cookie instanceof Bean) page.cookies.put(cookie.get('name'), cookie);
    },
    'getAnchor/0': (page: PageReference) => page.anchor,
    'setAnchor/1': (page: PageReference, anchor: string | null) => {
      page.anchor = anchor;
      return page;
    },
    'getRedirect/0': (page: PageReference) => page.redirect,
    'setRedirect/1': (page: PageReference, redirect: boolean) => {
      page.redirect = redirect;
      return page;
    },
  },
});
beanClass('System.Cookie', {
  constructors: [
    ['name', 'value', 'path', 'maxAge', 'secure'],
    ['name', 'value', 'path', 'maxAge', 'secure', 'sameSite'],
    ['name', 'value', 'path', 'maxAge', 'secure', 'sameSite', 'httpOnly'],
  ],
});
beanClass('System.SelectOption', {
  constructors: [
    ['value', 'label'],
    ['value', 'label', 'disabled'],
  ],
  defaults: () => ({ disabled: false, escapeItem: true }),
});

/** The page a transaction shows, and the messages on it. */
interface PageState {
  page: ApexValue;
  messages: Bean[];
}
const states = new WeakMap<Transaction, PageState>();
function pageState(): PageState {
  const transaction = current();
  let state = states.get(transaction);
  // A test is on a page, if on none in particular, until it says on which.
  const page = transaction.test ? new PageReference('/') : null;
  if (!state) states.set(transaction, (state = { page, messages: [] }));
  return state;
}

beanClass('ApexPages.Message', {
  constructors: [
    ['severity', 'summary'],
    ['severity', 'summary', 'detail'],
    ['severity', 'summary', 'detail', 'id'],
  ],
  // A message without details shows its summary there too.
  methods: { 'getDetail/0': (message: Bean) => message.get('detail') ?? message.get('summary') },
});

function addMessage(message: Bean | null): void {
  pageState().messages.push(message ?? throwNull());
}

/** An exception's own text, or, of failed DML, what was wrong with each row. */
function addMessages(exception: ApexValue): void {
  if (!(exception instanceof ApexException)) throwNull();
  const rows = exception.details.get('rows');
  const failures = rows instanceof ApexList ? (rows.items as unknown as DmlFailure[]) : [];
  const texts = failures.length > 0 ? failures.map((row) => row.message) : [exception.text];
  for (const summary of texts)
    addMessage(
      newBean('ApexPages.Message', { severity: platformEnum('ApexPages.Severity', 'ERROR'), summary }),
    );
}

platformClass({
  name: 'System.ApexPages',
  statics: {
    'currentPage/0': () => pageState().page,
    'addMessage/1': addMessage,
    'addMessages/1': addMessages,
    'getMessages/0': () => new ApexList(MESSAGE, [...pageState().messages]),
    'hasMessages/0': () => pageState().messages.length > 0,
    'hasMessages/1': (severity: ApexValue) =>
      pageState().messages.some((message) => message.get('severity') === severity),
  },
});
const setPage = (page: ApexValue): void => {
  pageState().page = page;
};
addStatics('System.Test', {
  'setCurrentPage/1': setPage,
  'setCurrentPageReference/1': setPage,
  'clearApexPageMessages/0': () => {
    pageState().messages = [];
  },
});
addStatics('System.System', { 'currentPageReference/0': () => pageState().page });
