import { platformException } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { indented, serialize } from './json-write.ts';
import { platformClass, type PlatformFunction } from './registry.ts';

function misplaced(message: string): never {
  throw platformException('System.JSONException', message);
}

/** A System.JSONGenerator: JSON written piece by piece. */
export class JsonGenerator extends PlatformObject {
  readonly #isPretty: boolean;
  #text = '';
  /** What is open, the innermost last, and whether anything stands in it yet. */
  readonly #open: { readonly kind: 'array' | 'object'; isEmpty: boolean }[] = [];
  #hasName = false;
  isClosed = false;

  constructor(isPretty: boolean) {
    super('System.JSONGenerator');
    this.#isPretty = isPretty;
  }

  get text(): string {
    this.close();
    return this.#isPretty ? indented(this.#text) : this.#text;
  }

  #separate(): void {
    const around = this.#open.at(-1);
    if (around && !around.isEmpty) this.#text += ',';
    if (around) around.isEmpty = false;
  }

  raw(json: string): void {
    if (this.isClosed) misplaced('JSON generator is closed');
    if (this.#open.at(-1)?.kind === 'object') {
      if (!this.#hasName) misplaced('Can not write value, expecting field name');
      this.#hasName = false;
    } else this.#separate();
    this.#text += json;
  }

  name(name: string): void {
    if (this.#open.at(-1)?.kind !== 'object' || this.#hasName)
      misplaced('Can not write a field name, expecting a value');
    this.#separate();
    this.#text += `${JSON.stringify(name)}:`;
    this.#hasName = true;
  }

  value(value: ApexValue): void {
    this.raw(serialize(value));
  }

  start(kind: 'array' | 'object'): void {
    this.raw(kind === 'array' ? '[' : '{');
    this.#open.push({ kind, isEmpty: true });
  }

  end(kind: 'array' | 'object'): void {
    if (this.#open.at(-1)?.kind !== kind)
      misplaced(`Current context not an ${kind} but ${this.#open.at(-1)?.kind ?? 'root'}`);
    this.#open.pop();
    this.#text += kind === 'array' ? ']' : '}';
  }

  /** What is still open is closed with it. */
  close(): void {
    for (let last = this.#open.at(-1); last; last = this.#open.at(-1)) this.end(last.kind);
    this.isClosed = true;
  }
}

const methods: Record<string, PlatformFunction> = {
  'close/0': (generator: JsonGenerator) => {
    generator.close();
  },
  'isClosed/0': (generator: JsonGenerator) => generator.isClosed,
  'getAsString/0': (generator: JsonGenerator) => generator.text,
  'writeStartArray/0': (generator: JsonGenerator) => {
    generator.start('array');
  },
  'writeEndArray/0': (generator: JsonGenerator) => {
    generator.end('array');
  },
  'writeStartObject/0': (generator: JsonGenerator) => {
    generator.start('object');
  },
  'writeEndObject/0': (generator: JsonGenerator) => {
    generator.end('object');
  },
  'writeFieldName/1': (generator: JsonGenerator, name: string) => {
    generator.name(name);
  },
  'writeNull/0': (generator: JsonGenerator) => {
    generator.value(null);
  },
  'writeNullField/1': (generator: JsonGenerator, name: string) => {
    generator.name(name);
    generator.value(null);
  },
};
for (const kind of ['Blob', 'Boolean', 'Date', 'DateTime', 'Id', 'Number', 'Object', 'String', 'Time']) {
  methods[`write${kind}/1`] = (generator: JsonGenerator, value: ApexValue) => {
    generator.value(value);
  };
  methods[`write${kind}Field/2`] = (generator: JsonGenerator, name: string, value: ApexValue) => {
    generator.name(name);
    generator.value(value);
  };
}
platformClass({ name: 'System.JSONGenerator', methods });
