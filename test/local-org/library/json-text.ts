/** JSON with its numbers as written: a Decimal keeps digits and scale that a float would lose. */
export type JsonValue =
  | null
  | boolean
  | string
  | readonly JsonValue[]
  | { readonly number: string }
  | { readonly members: ReadonlyMap<string, JsonValue> };

class Malformed extends Error {}

/** Parses JSON. A problem is in the words the platform uses. */
export function parseJson(text: string): { value: JsonValue; problem: string | null } {
  const reader = new Reader(text);
  try {
    const value = reader.value();
    reader.end();
    return { value, problem: null };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { value: null, problem: error.message };
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }

  value(): JsonValue {
    this.#space();
    const character = this.#text[this.#at];
    if (character === '{') return this.#object();
    if (character === '[') return this.#list();
    if (character === '"') return this.#string();
    const word = /(?:true|false|null)/y;
    word.lastIndex = this.#at;
    const found = word.exec(this.#text)?.[0];
    if (found !== undefined) {
      this.#at += found.length;
      return found === 'null' ? null : found === 'true';
    }
    return this.#number();
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#fail();
  }

  #fail(): never {
    const character = this.#text[this.#at];
    const before = this.#text.slice(0, this.#at);
    const line = before.split('\n').length;
    const column = this.#at - before.lastIndexOf('\n');
    if (character === undefined)
      throw new Malformed('Unexpected end-of-input at input location [' + `${line},${column}]`);
    throw new Malformed(
      `Unexpected character ('${character}' (code ${character.charCodeAt(0)})) at input location [${line},${column}]`,
    );
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }

  #expect(character: string): void {
    this.#space();
    if (this.#text[this.#at] !== character) this.#fail();
    this.#at += 1;
  }

  #object(): JsonValue {
    const members = new Map<string, JsonValue>();
    this.#expect('{');
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#at += 1;
      return { members };
    }
    for (;;) {
      this.#space();
      const key = this.#string();
      this.#expect(':');
      members.set(key, this.value());
      this.#space();
      if (this.#text[this.#at] !== ',') break;
      this.#at += 1;
    }
    this.#expect('}');
    return { members };
  }

  #list(): JsonValue {
    const items: JsonValue[] = [];
    this.#expect('[');
    this.#space();
    if (this.#text[this.#at] === ']') {
      this.#at += 1;
      return items;
    }
    for (;;) {
      items.push(this.value());
      this.#space();
      if (this.#text[this.#at] !== ',') break;
      this.#at += 1;
    }
    this.#expect(']');
    return items;
  }

  #string(): string {
    // JSON.parse refuses the control characters that may not stand in a string.
    const literal = /"(?:[^"\\]|\\.)*"/y;
    literal.lastIndex = this.#at;
    const found = literal.exec(this.#text)?.[0];
    if (found === undefined) return this.#fail();
    try {
      const value = JSON.parse(found) as string;
      this.#at += found.length;
      return value;
    } catch {
      return this.#fail();
    }
  }

  #number(): JsonValue {
    const literal = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    literal.lastIndex = this.#at;
    const found = literal.exec(this.#text)?.[0];
    if (found === undefined) return this.#fail();
    this.#at += found.length;
    return { number: found };
  }
}
