import { throwPlatform } from '../values/exception.ts';

/** A name as it is written and what its prefix stands for. */
export interface XmlName {
  readonly prefix: string | null;
  readonly local: string;
  readonly namespace: string | null;
}

export interface XmlAttribute extends XmlName {
  readonly value: string;
}

/** One step through a document. */
export type XmlEvent =
  | {
      readonly kind: 'start';
      readonly name: XmlName;
      readonly attributes: readonly XmlAttribute[];
      readonly namespaces: ReadonlyMap<string, string>;
      readonly isEmpty: boolean;
    }
  | { readonly kind: 'end'; readonly name: XmlName }
  | { readonly kind: 'text' | 'cdata' | 'comment'; readonly text: string }
  | { readonly kind: 'instruction'; readonly target: string; readonly text: string };

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return ENTITIES[name ?? ''] ?? whole;
    },
  );
}

export function escapeXmlText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

export function escapeXmlAttribute(text: string): string {
  return escapeXmlText(text).replace(/"/g, '&quot;');
}

const TOKEN =
  /<!\[CDATA\[([^]*?)\]\]>|<!--([^]*?)-->|<\?([\w:.-]+)\s*([^]*?)\?>|<!DOCTYPE[^>]*>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy;

/** Reads a document. A System.XmlException says what is wrong with it. */
export function parseXml(text: string): XmlEvent[] {
  const events: XmlEvent[] = [];
  const open: { written: string; name: XmlName; scope: ReadonlyMap<string, string> }[] = [];
  const source = text.replace(/^\ufeff/, '').trim();
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source);
    if (!found)
      throwPlatform(
        'System.XmlException',
        `Failed to parse XML due to: unexpected content near position ${at}`,
      );
    at = TOKEN.lastIndex;
    const [, cdata, comment, target, instruction = '', closing, opening, attributes = '', empty, plain] =
      found;
    if (cdata !== undefined) events.push({ kind: 'cdata', text: cdata });
    else if (comment !== undefined) events.push({ kind: 'comment', text: comment });
    else if (target !== undefined) {
      if (target.toLowerCase() !== 'xml') events.push({ kind: 'instruction', target, text: instruction });
    } else if (closing !== undefined) {
      const last = open.pop();
      if (last?.written !== closing)
        throwPlatform(
          'System.XmlException',
          `Failed to parse XML due to: could not find end tag of ${last?.written ?? closing}`,
        );
      events.push({ kind: 'end', name: last.name });
    } else if (opening !== undefined) {
      const around = open.at(-1)?.scope ?? new Map<string, string>();
      const start = startOf(opening, attributes, around, empty === '/');
      events.push(start.event);
      if (empty === '/') events.push({ kind: 'end', name: start.event.name });
      else open.push({ written: opening, name: start.event.name, scope: start.scope });
    } else if (plain !== undefined) {
      if (open.length > 0) events.push({ kind: 'text', text: decoded(plain) });
      else if (plain.trim() !== '')
        throwPlatform(
          'System.XmlException',
          'Failed to parse XML due to: content is not allowed outside of the root element',
        );
    }
  }
  if (open.length > 0 || !events.some((event) => event.kind === 'start'))
    throwPlatform('System.XmlException', `Failed to parse XML due to: unexpected end of document`);
  return events;
}

function startOf(
  written: string,
  attributeText: string,
  around: ReadonlyMap<string, string>,
  isEmpty: boolean,
): { event: Extract<XmlEvent, { kind: 'start' }>; scope: ReadonlyMap<string, string> } {
  const pairs = [...attributeText.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(
    ([, name = '', double, single]) => [name, decoded(double ?? single ?? '')] as const,
  );
  const namespaces = new Map<string, string>();
  for (const [name, value] of pairs) {
    const prefix = /^xmlns(?::(.+))?$/.exec(name);
    if (prefix) namespaces.set(prefix[1] ?? '', value);
  }
  const scope = new Map([...around, ...namespaces]);
  const named = (text: string, isAttribute: boolean): XmlName => {
    const [first = '', second] = text.split(':');
    const prefix = second === undefined ? null : first;
    const namespace = prefix === null && isAttribute ? null : (scope.get(prefix ?? '') ?? null);
    return { prefix, local: second ?? first, namespace };
  };
  const attributes = pairs
    .filter(([name]) => !/^xmlns(?::|$)/.test(name))
    .map(([name, value]) => ({ ...named(name, true), value }));
  return { event: { kind: 'start', name: named(written, false), attributes, namespaces, isEmpty }, scope };
}
