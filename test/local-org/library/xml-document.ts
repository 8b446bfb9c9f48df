import { platformEnum } from '../language/runtime/platform-enums.ts';
import { ApexList } from '../values/collections.ts';
import { throwNull } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { platformClass } from './registry.ts';
import { escapeXmlAttribute, escapeXmlText, parseXml, type XmlAttribute } from './xml-nodes.ts';

const NODE: TypeRef = { kind: 'platform', name: 'dom.XmlNode', arguments: [] };

/** A Dom.XmlNode: an element, a text or a comment. */
class XmlNode extends PlatformObject {
  readonly kind: 'ELEMENT' | 'TEXT' | 'COMMENT';
  name: string;
  prefix: string | null = null;
  namespace: string | null = null;
  /** What a text or a comment says. */
  content = '';
  parent: XmlNode | null = null;
  readonly children: XmlNode[] = [];
  attributes: XmlAttribute[] = [];
  /** Declared here: prefix to namespace. */
  readonly namespaces = new Map<string, string>();

  constructor(kind: XmlNode['kind'], name = '') {
    super('dom.XmlNode');
    this.kind = kind;
    this.name = name;
  }

  append(child: XmlNode): XmlNode {
    child.parent = this;
    this.children.push(child);
    return child;
  }

  element(name: string, namespace: string | null, prefix: string | null): XmlNode {
    const node = new XmlNode('ELEMENT', name);
    node.namespace = namespace;
    node.prefix = prefix === '' ? null : prefix;
    this.append(node);
    if (namespace !== null && node.namespaceFor(node.prefix ?? '') !== namespace)
      node.namespaces.set(node.prefix ?? '', namespace);
    return node;
  }

  namespaceFor(prefix: string): string | null {
    return this.namespaces.get(prefix) ?? this.parent?.namespaceFor(prefix) ?? null;
  }

  prefixFor(namespace: string): string | null {
    for (const [prefix, each] of this.namespaces)
      if (each === namespace) return prefix === '' ? null : prefix;
    return this.parent?.prefixFor(namespace) ?? null;
  }

  elements(): XmlNode[] {
    return this.children.filter((child) => child.kind === 'ELEMENT');
  }

  text(): string {
    return this.kind === 'ELEMENT'
      ? this.children
          .filter((child) => child.kind === 'TEXT')
          .map((child) => child.content)
          .join('')
      : this.content;
  }

  attribute(name: string, namespace: string | null): XmlAttribute | undefined {
    return this.attributes.find(
      (each) =>
        each.local === name && (namespace === null || namespace === '' || each.namespace === namespace),
    );
  }

  setAttribute(attribute: XmlAttribute): void {
    this.attributes = [
      ...this.attributes.filter(
        (each) => each.local !== attribute.local || each.namespace !== attribute.namespace,
      ),
      attribute,
    ];
  }

  get xml(): string {
    if (this.kind === 'TEXT') return escapeXmlText(this.content);
    if (this.kind === 'COMMENT') return `<!--${this.content}-->`;
    const name = this.prefix === null ? this.name : `${this.prefix}:${this.name}`;
    const declared = [...this.namespaces].map(
      ([prefix, namespace]) =>
        ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeXmlAttribute(namespace)}"`,
    );
    const attributes = this.attributes.map(
      ({ prefix, local, value }) =>
        ` ${prefix === null ? local : `${prefix}:${local}`}="${escapeXmlAttribute(value)}"`,
    );
    const start = `<${name}${declared.join('')}${attributes.join('')}`;
    if (this.children.length === 0) return `${start} />`;
    return `${start}>${this.children.map((child) => child.xml).join('')}</${name}>`;
  }
}

/** A Dom.Document. */
export class XmlDocument extends PlatformObject {
  root: XmlNode | null = null;
  constructor() {
    super('dom.Document');
  }

  static parse(text: string): XmlDocument {
    const document = new XmlDocument();
    document.load(text);
    return document;
  }

  load(text: string): void {
    this.root = null;
    let at = null as XmlNode | null;
    for (const event of parseXml(text)) {
      if (event.kind === 'start') {
        const node: XmlNode = new XmlNode('ELEMENT', event.name.local);
        node.prefix = event.name.prefix;
        node.namespace = event.name.namespace;
        node.attributes = [...event.attributes];
        for (const [prefix, namespace] of event.namespaces) node.namespaces.set(prefix, namespace);
        if (at) at.append(node);
        else this.root = node;
        at = node;
      } else if (event.kind === 'end') at = at?.parent ?? null;
      else if (event.kind !== 'instruction' && at) {
        const node = at.append(new XmlNode(event.kind === 'comment' ? 'COMMENT' : 'TEXT'));
        node.content = event.text;
      }
    }
  }

  get text(): string {
    return `<?xml version="1.0" encoding="UTF-8"?>${this.root?.xml ?? ''}`;
  }
}

platformClass({
  name: 'dom.Document',
  constructors: { 'new/0': () => new XmlDocument() },
  methods: {
    'load/1': (document: XmlDocument, text: string | null) => {
      document.load(text ?? throwNull());
    },
    'getRootElement/0': (document: XmlDocument) => document.root,
    'toXmlString/0': (document: XmlDocument) => document.text,
    'createRootElement/3': (
      document: XmlDocument,
      name: string,
      namespace: string | null,
      prefix: string | null,
    ) => {
      const holder = new XmlNode('ELEMENT');
      document.root = holder.element(name, namespace, prefix);
      document.root.parent = null;
      return document.root;
    },
  },
});

const nodes = (list: readonly XmlNode[]): ApexList => new ApexList(NODE, [...list]);

platformClass({
  name: 'dom.XmlNodeType',
  enumValues: ['COMMENT', 'ELEMENT', 'TEXT'],
});
platformClass({
  name: 'dom.XmlNode',
  methods: {
    'getName/0': (node: XmlNode) => node.name,
    'getNamespace/0': (node: XmlNode) => node.namespace,
    'getNamespaceFor/1': (node: XmlNode, prefix: string | null) => node.namespaceFor(prefix ?? ''),
    'getPrefixFor/1': (node: XmlNode, namespace: string) => node.prefixFor(namespace),
    'setNamespace/2': (node: XmlNode, prefix: string | null, namespace: string) => {
      node.namespaces.set(prefix ?? '', namespace);
    },
    'getNodeType/0': (node: XmlNode) => platformEnum('dom.XmlNodeType', node.kind),
    'getParent/0': (node: XmlNode) => node.parent,
    'getText/0': (node: XmlNode) => node.text(),
    'getChildren/0': (node: XmlNode) => nodes(node.children),
    'getChildElements/0': (node: XmlNode) => nodes(node.elements()),
    'getChildElement/2': (node: XmlNode, name: string, namespace: string | null) =>
      node.elements().find((each) => each.name === name && each.namespace === namespace) ?? null,
    'addChildElement/3': (node: XmlNode, name: string, namespace: string | null, prefix: string | null) =>
      node.element(name, namespace, prefix),
    'addTextNode/1': (node: XmlNode, text: string | null) => {
      const child = node.append(new XmlNode('TEXT'));
      child.content = text ?? '';
      return child;
    },
    'addCommentNode/1': (node: XmlNode, text: string | null) => {
      const child = node.append(new XmlNode('COMMENT'));
      child.content = text ?? '';
      return child;
    },
    'insertBefore/2': (node: XmlNode, fresh: XmlNode | null, before: XmlNode | null) => {
      const child = fresh ?? throwNull();
      const at = before ? node.children.indexOf(before) : -1;
      child.parent = node;
      node.children.splice(at < 0 ? node.children.length : at, 0, child);
      return child;
    },
    'removeChild/1': (node: XmlNode, child: XmlNode | null) => {
      const at = child ? node.children.indexOf(child) : -1;
      if (at >= 0) node.children.splice(at, 1);
      return at >= 0;
    },
    'getAttribute/2': (node: XmlNode, name: string, namespace: string | null) =>
      node.attribute(name, namespace)?.value ?? null,
    'getAttributeValue/2': (node: XmlNode, name: string, namespace: string | null) =>
      node.attribute(name, namespace)?.value ?? null,
    'getAttributeValueNs/2': (node: XmlNode, name: string, namespace: string | null) =>
      node.attribute(name, namespace)?.namespace ?? null,
    'getAttributeCount/0': (node: XmlNode) => node.attributes.length,
    'getAttributeKeyAt/1': (node: XmlNode, index: number) => node.attributes[index]?.local ?? null,
    'getAttributeKeyNsAt/1': (node: XmlNode, index: number) => node.attributes[index]?.namespace ?? null,
    'setAttribute/2': (node: XmlNode, name: string, value: string) => {
      node.setAttribute({ prefix: null, local: name, namespace: null, value });
    },
    'setAttributeNs/4': (
      node: XmlNode,
      name: string,
      value: string,
      namespace: string,
      _valueNamespace: string,
    ) => {
      const prefix = node.prefixFor(namespace);
      node.setAttribute({ prefix, local: name, namespace, value });
    },
    'removeAttribute/2': (node: XmlNode, name: string, namespace: string | null) => {
      const found = node.attribute(name, namespace);
      node.attributes = node.attributes.filter((each) => each !== found);
      return found !== undefined;
    },
  },
});
