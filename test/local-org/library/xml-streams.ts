import { platformEnum } from '../language/runtime/platform-enums.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import { platformClass } from './registry.ts';
import {
  escapeXmlAttribute,
  escapeXmlText,
  parseXml,
  type XmlAttribute,
  type XmlEvent,
} from './xml-nodes.ts';

type StreamEvent = XmlEvent | { readonly kind: 'document' | 'finish' };

const TAGS: Readonly<Record<StreamEvent['kind'], string>> = {
  document: 'START_DOCUMENT',
  finish: 'END_DOCUMENT',
  start: 'START_ELEMENT',
  end: 'END_ELEMENT',
  text: 'CHARACTERS',
  cdata: 'CDATA',
  comment: 'COMMENT',
  instruction: 'PROCESSING_INSTRUCTION',
};

/** A System.XmlStreamReader: it stands at the start of the document until next is called. */
export class XmlStreamReader extends PlatformObject {
  readonly #events: readonly StreamEvent[];
  #at = 0;

  constructor(text: string) {
    super('System.XmlStreamReader');
    this.#events = [{ kind: 'document' }, ...parseXml(text), { kind: 'finish' }];
  }

  get event(): StreamEvent {
    return this.#events[this.#at] ?? { kind: 'finish' };
  }
  get hasNext(): boolean {
    return this.#at < this.#events.length - 1;
  }
  next(): number {
    if (!this.hasNext) throwPlatform('System.NoSuchElementException', 'The document has ended');
    this.#at += 1;
    return 0;
  }
  /** White space, comments and instructions left out, up to a start or an end. */
  nextTag(): number {
    do this.next();
    while (this.event.kind !== 'start' && this.event.kind !== 'end' && this.hasNext);
    return 0;
  }
  get text(): string | null {
    return 'text' in this.event ? this.event.text : null;
  }
  get name(): { local: string; prefix: string | null; namespace: string | null } | null {
    return 'name' in this.event ? this.event.name : null;
  }
  get attributes(): readonly XmlAttribute[] {
    if (this.event.kind !== 'start')
      throwPlatform('System.XmlException', 'Attributes are only there at the start of an element');
    return this.event.attributes;
  }
  attribute(index: number): XmlAttribute {
    return this.attributes[index] ?? throwPlatform('System.XmlException', `No attribute ${index}`);
  }
}

platformClass({
  name: 'System.XmlStreamReader',
  constructors: { 'new/1': (text: string | null) => new XmlStreamReader(text ?? throwNull()) },
  methods: {
    'hasNext/0': (reader: XmlStreamReader) => reader.hasNext,
    'next/0': (reader: XmlStreamReader) => reader.next(),
    'nextTag/0': (reader: XmlStreamReader) => reader.nextTag(),
    'getEventType/0': (reader: XmlStreamReader) => platformEnum('System.XmlTag', TAGS[reader.event.kind]),
    'getLocalName/0': (reader: XmlStreamReader) => reader.name?.local ?? null,
    'getPrefix/0': (reader: XmlStreamReader) => reader.name?.prefix ?? null,
    'getNamespace/0': (reader: XmlStreamReader) => reader.name?.namespace ?? null,
    'getText/0': (reader: XmlStreamReader) => reader.text,
    'hasText/0': (reader: XmlStreamReader) => reader.text !== null,
    'hasName/0': (reader: XmlStreamReader) => reader.name !== null,
    'isStartElement/0': (reader: XmlStreamReader) => reader.event.kind === 'start',
    'isEndElement/0': (reader: XmlStreamReader) => reader.event.kind === 'end',
    'isCharacters/0': (reader: XmlStreamReader) =>
      reader.event.kind === 'text' || reader.event.kind === 'cdata',
    'isWhitespace/0': (reader: XmlStreamReader) =>
      reader.event.kind === 'text' && reader.event.text.trim() === '',
    'getAttributeCount/0': (reader: XmlStreamReader) => reader.attributes.length,
    'getAttributeLocalName/1': (reader: XmlStreamReader, index: number) => reader.attribute(index).local,
    'getAttributeNamespace/1': (reader: XmlStreamReader, index: number) => reader.attribute(index).namespace,
    'getAttributePrefix/1': (reader: XmlStreamReader, index: number) => reader.attribute(index).prefix,
    'getAttributeValueAt/1': (reader: XmlStreamReader, index: number) => reader.attribute(index).value,
    'getAttributeValue/2': (reader: XmlStreamReader, namespace: string | null, name: string) =>
      reader.attributes.find(
        (each) =>
          each.local === name && (namespace === null || namespace === '' || each.namespace === namespace),
      )?.value ?? null,
    'getVersion/0': () => '1.0',
    // Texts come whole and names with their namespaces in any case.
    'setCoalescing/1': () => undefined,
    'setNamespaceAware/1': () => undefined,
    'getPITarget/0': (reader: XmlStreamReader) => ('target' in reader.event ? reader.event.target : null),
    'getPIData/0': (reader: XmlStreamReader) =>
      reader.event.kind === 'instruction' ? reader.event.text : null,
  },
});
platformClass({
  name: 'System.XmlTag',
  enumValues: [
    'ATTRIBUTE',
    'CDATA',
    'CHARACTERS',
    'COMMENT',
    'DTD',
    'END_DOCUMENT',
    'END_ELEMENT',
    'ENTITY_DECLARATION',
    'ENTITY_REFERENCE',
    'NAMESPACE',
    'NOTATION_DECLARATION',
    'PROCESSING_INSTRUCTION',
    'SPACE',
    'START_DOCUMENT',
    'START_ELEMENT',
  ],
});

/** A System.XmlStreamWriter. */
class XmlStreamWriter extends PlatformObject {
  #text = '';
  /** A start tag that attributes may still be added to, and how it ends. */
  #pending: string | null = null;
  readonly #open: string[] = [];

  constructor() {
    super('System.XmlStreamWriter');
  }
  get text(): string {
    this.#settle();
    return this.#text;
  }
  #settle(): void {
    if (this.#pending !== null) this.#text += this.#pending;
    this.#pending = null;
  }
  write(text: string): void {
    this.#settle();
    this.#text += text;
  }
  start(prefix: string | null, name: string, isEmpty: boolean): void {
    const written = prefix === null || prefix === '' ? name : `${prefix}:${name}`;
    this.write(`<${written}`);
    this.#pending = isEmpty ? '/>' : '>';
    if (!isEmpty) this.#open.push(written);
  }
  attribute(prefix: string | null, name: string, value: string): void {
    if (this.#pending === null)
      throwPlatform('System.XmlException', 'Attribute not associated with any element');
    this.#text += ` ${prefix === null || prefix === '' ? name : `${prefix}:${name}`}="${escapeXmlAttribute(value)}"`;
  }
  end(): void {
    const name = this.#open.pop() ?? throwPlatform('System.XmlException', 'No element was found to write');
    this.write(`</${name}>`);
  }
  endAll(): void {
    while (this.#open.length > 0) this.end();
  }
}

platformClass({
  name: 'System.XmlStreamWriter',
  constructors: { 'new/0': () => new XmlStreamWriter() },
  methods: {
    'getXmlString/0': (writer: XmlStreamWriter) => writer.text,
    'close/0': () => undefined,
    'writeStartDocument/2': (writer: XmlStreamWriter, encoding: string | null, version: string | null) => {
      const named = encoding === null || encoding === '' ? '' : ` encoding="${encoding}"`;
      writer.write(`<?xml version="${version ?? '1.0'}"${named}?>`);
    },
    'writeEndDocument/0': (writer: XmlStreamWriter) => {
      writer.endAll();
    },
    'writeStartElement/3': (writer: XmlStreamWriter, prefix: string | null, name: string) => {
      writer.start(prefix, name, false);
    },
    'writeEmptyElement/3': (writer: XmlStreamWriter, prefix: string | null, name: string) => {
      writer.start(prefix, name, true);
    },
    'writeEndElement/0': (writer: XmlStreamWriter) => {
      writer.end();
    },
    'writeAttribute/4': (
      writer: XmlStreamWriter,
      prefix: string | null,
      _namespace: string | null,
      name: string,
      value: string,
    ) => {
      writer.attribute(prefix, name, value);
    },
    'writeDefaultNamespace/1': (writer: XmlStreamWriter, namespace: string) => {
      writer.attribute(null, 'xmlns', namespace);
    },
    'writeNamespace/2': (writer: XmlStreamWriter, prefix: string, namespace: string) => {
      writer.attribute('xmlns', prefix, namespace);
    },
    'setDefaultNamespace/1': () => undefined,
    'writeCharacters/1': (writer: XmlStreamWriter, text: string | null) => {
      writer.write(escapeXmlText(text ?? ''));
    },
    'writeCData/1': (writer: XmlStreamWriter, text: string) => {
      writer.write(`<![CDATA[${text}]]>`);
    },
    'writeComment/1': (writer: XmlStreamWriter, text: string) => {
      writer.write(`<!--${text}-->`);
    },
    'writeProcessingInstruction/2': (writer: XmlStreamWriter, target: string, text: string) => {
      writer.write(`<?${target} ${text}?>`);
    },
  },
});
