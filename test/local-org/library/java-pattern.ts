import { throwPlatform } from '../values/exception.ts';
import { classOf, negatedIf, otherCase, propertyClass, SHORTHANDS, type ClassParts } from './java-classes.ts';

/** A Java regular expression as JavaScript runs it. */
export interface CompiledPattern {
  /** With the flags `u`; group n of Java is the named group `gn`. */
  readonly source: string;
  readonly groupCount: number;
  /** Named groups: their numbers. */
  readonly names: ReadonlyMap<string, number>;
}

interface Flags {
  readonly i: boolean;
  readonly s: boolean;
  readonly m: boolean;
  readonly x: boolean;
}

const START = '(?<![^])';
const END = '(?![^])';
const LAST_LINE_END = `(?=(?:\\r\\n|[\\n\\r\\x85\\u2028\\u2029])?${END})`;
const LINE_END = '[\\n\\r\\x85\\u2028\\u2029]';

const compiled = new Map<string, CompiledPattern>();

/** Translates and keeps. A System.StringException says what is wrong or has no counterpart. */
export function compilePattern(pattern: string): CompiledPattern {
  const known = compiled.get(pattern);
  if (known) return known;
  const result = new Translator(pattern).translate();
  try {
    new RegExp(result.source, 'u');
  } catch (error) {
    invalid(error instanceof Error ? error.message : pattern);
  }
  if (compiled.size > 2000) compiled.clear();
  compiled.set(pattern, result);
  return result;
}

function invalid(reason: string): never {
  throwPlatform('System.StringException', `Invalid regex: ${reason}`);
}

class Translator {
  readonly #text: string;
  #at = 0;
  #flags: Flags = { i: false, s: false, m: false, x: false };
  #groups = 0;
  #helpers = 0;
  readonly #names = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  translate(): CompiledPattern {
    const source = this.#alternatives();
    if (this.#at < this.#text.length) invalid(`Unmatched closing ')' near index ${this.#at}`);
    return { source, groupCount: this.#groups, names: this.#names };
  }

  #peek(offset = 0): string {
    return this.#text[this.#at + offset] ?? '';
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found;
  }

  #alternatives(): string {
    const before = this.#flags;
    let source = '';
    while (this.#at < this.#text.length && this.#peek() !== ')') {
      if (this.#peek() === '|') {
        this.#at += 1;
        source += '|';
      } else source += this.#piece();
    }
    this.#flags = before;
    return source;
  }

  #piece(): string {
    if (this.#flags.x && this.#take(/\s+|#[^\n]*/y)) return '';
    const flags = this.#take(/\(\?([imsuxd]*)(?:-([imsuxd]+))?\)/y);
    if (flags) {
      this.#setFlags(flags[1] ?? '', flags[2] ?? '');
      return '';
    }
    const quoted = this.#take(/\\Q([^]*?)(?:\\E|$)/y);
    if (quoted) {
      // A quantifier after a quotation stands for its last character.
      const characters = Array.from(quoted[1] ?? '').map((each) => this.#literal(each));
      const last = characters.pop();
      return characters.join('') + (last === undefined ? '' : this.#quantified(last));
    }
    return this.#quantified(this.#atom());
  }

  #quantified(atom: string): string {
    const quantifier = this.#take(/[*+?]|\{\d+(?:,\d*)?\}/y)?.[0];
    if (quantifier === undefined) return atom;
    if (this.#peek() === '+') {
      this.#at += 1;
      return this.#atomic(`${atom}${quantifier}`);
    }
    if (this.#peek() === '?') {
      this.#at += 1;
      return `${atom}${quantifier}?`;
    }
    return `${atom}${quantifier}`;
  }

  /** What matched is not given back: a lookahead's capture, then the same text again. */
  #atomic(source: string): string {
    this.#helpers += 1;
    return `(?:(?=(?<p${this.#helpers}>${source}))\\k<p${this.#helpers}>)`;
  }

  #setFlags(on: string, off: string): void {
    const flag = (name: keyof Flags): boolean =>
      (this.#flags[name] || on.includes(name)) && !off.includes(name);
    this.#flags = { i: flag('i'), s: flag('s'), m: flag('m'), x: flag('x') };
  }

  #atom(): string {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#class();
      case '.':
        return this.#flags.s ? '[^]' : '[^\\n\\r\\x85\\u2028\\u2029]';
      case '^':
        return this.#flags.m ? `(?:${START}|(?<=${LINE_END})(?=[^]))` : START;
      case '$':
        return this.#flags.m ? `(?=${LINE_END}|${END})` : LAST_LINE_END;
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        return invalid(`Dangling meta character '${character}' near index ${this.#at - 1}`);
      default:
        return this.#literal(character);
    }
  }

  #group(): string {
    const before = this.#flags;
    const inside = this.#groupOpening();
    const body = this.#alternatives();
    if (this.#peek() !== ')') invalid(`Unclosed group near index ${this.#text.length}`);
    this.#at += 1;
    this.#flags = before;
    return inside(body);
  }

  #groupOpening(): (body: string) => string {
    const around = this.#take(/\?(?:=|!|<=|<!)/y)?.[0];
    if (around !== undefined) return (body) => `(${around}${body})`;
    if (this.#take(/\?>/y)) return (body) => this.#atomic(body);
    const flags = this.#take(/\?([imsuxd]*)(?:-([imsuxd]+))?:/y);
    if (flags) {
      this.#setFlags(flags[1] ?? '', flags[2] ?? '');
      return (body) => `(?:${body})`;
    }
    const named = this.#take(/\?<([a-zA-Z][a-zA-Z0-9]*)>/y);
    if (!named && this.#peek() === '?') invalid(`Unknown inline modifier near index ${this.#at}`);
    this.#groups += 1;
    const number = this.#groups;
    if (named) this.#names.set(named[1] ?? '', number);
    return (body) => `(?<g${number}>${body})`;
  }

  #literal(character: string): string {
    const other = this.#flags.i ? otherCase(character) : null;
    if (other !== null) return `[${character}${other}]`;
    return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
  }

  #escape(): string {
    const letter = this.#peek();
    if (/[1-9]/.test(letter)) return this.#backReference();
    const named = this.#take(/k<(\w+)>/y);
    if (named)
      return `\\k<g${this.#names.get(named[1] ?? '') ?? invalid(`(named capturing group <${named[1] ?? ''}> does not exit`)}>`;
    const parts = this.#classEscape();
    if (parts) return classOf(parts);
    const character = this.#characterEscape();
    if (character !== null) return this.#literal(character);
    this.#at += 1;
    switch (letter) {
      case 'b':
      case 'B':
        return `\\${letter}`;
      case 'A':
        return START;
      case 'z':
        return END;
      case 'Z':
        return LAST_LINE_END;
      case 'R':
        return '(?:\\r\\n|[\\n\\x0B\\f\\r\\x85\\u2028\\u2029])';
      default:
        if (/[a-zA-Z]/.test(letter) || letter === '')
          invalid(`Illegal/unsupported escape sequence near index ${this.#at}`);
        return this.#literal(letter);
    }
  }

  /** As many digits as there are groups for. */
  #backReference(): string {
    let number = Number(this.#peek());
    this.#at += 1;
    while (/\d/.test(this.#peek()) && number * 10 + Number(this.#peek()) <= this.#groups) {
      number = number * 10 + Number(this.#peek());
      this.#at += 1;
    }
    return number <= this.#groups ? `\\k<g${number}>` : '(?!)';
  }

  /** `\d`, `\p{Alpha}` and the like, or null. The backslash is taken already. */
  #classEscape(): ClassParts | null {
    const letter = this.#peek();
    const shorthand = SHORTHANDS[letter.toLowerCase()];
    if (shorthand !== undefined && /[a-zA-Z]/.test(letter)) {
      this.#at += 1;
      return negatedIf(letter !== letter.toLowerCase(), shorthand);
    }
    const property = this.#take(/([pP])(?:\{([^}]+)\}|(\w))/y);
    if (!property) return null;
    const name = property[2] ?? property[3] ?? '';
    const items = propertyClass(name) ?? invalid(`Unknown character property name {${name}}`);
    return negatedIf(property[1] === 'P', items);
  }

  /** A character that is written as an escape, or null. */
  #characterEscape(): string | null {
    const hex = this.#take(/x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})/y);
    if (hex) return String.fromCodePoint(Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? '0', 16));
    const octal = this.#take(/0([0-3]?[0-7]{1,2})/y);
    if (octal) return String.fromCodePoint(Number.parseInt(octal[1] ?? '0', 8));
    const control = this.#take(/c(.)/y);
    if (control) return String.fromCharCode((control[1] ?? '').charCodeAt(0) ^ 64);
    const simple = SIMPLE[this.#peek()];
    if (simple === undefined) return null;
    this.#at += 1;
    return simple;
  }

  /** A class in brackets, the first bracket taken: unions and intersections of classes inside it too. */
  #class(): string {
    const isNegated = this.#take(/\^/y) !== null;
    let source: string | null = null;
    let isPlain = true;
    do {
      const parts = this.#union();
      const next = classOf(parts);
      if (parts.beside.length > 0 || source !== null) isPlain = false;
      source = source === null ? next : `(?:(?=${source})${next})`;
    } while (this.#take(/&&/y));
    if (this.#peek() !== ']') invalid(`Unclosed character class near index ${this.#text.length - 1}`);
    this.#at += 1;
    if (!isNegated) return source;
    return isPlain ? `[^${source.slice(1)}` : `(?:(?!${source})[^])`;
  }

  #union(): ClassParts {
    const parts: ClassParts = { items: '', beside: [] };
    const start = this.#at;
    while (this.#at < this.#text.length && !(this.#peek() === ']' && this.#at > start)) {
      if (this.#peek() === '&' && this.#peek(1) === '&') break;
      if (this.#flags.x && this.#take(/\s+/y)) continue;
      this.#classItem(parts);
    }
    return parts;
  }

  #classItem(parts: ClassParts): void {
    if (this.#take(/\[/y)) {
      parts.beside.push(this.#class());
      return;
    }
    const quoted = this.#take(/\\Q([^]*?)(?:\\E|$)/y);
    if (quoted) {
      for (const each of Array.from(quoted[1] ?? '')) parts.items += this.#inClass(each, each);
      return;
    }
    const first = this.#classCharacter(parts);
    if (first === null) return;
    const isRange = this.#peek() === '-' && !['', ']', '['].includes(this.#peek(1));
    if (!isRange) {
      parts.items += this.#inClass(first, first);
      return;
    }
    this.#at += 1;
    const last = this.#classCharacter(parts) ?? invalid('Illegal character range');
    if ((first.codePointAt(0) ?? 0) > (last.codePointAt(0) ?? 0))
      invalid(`Illegal character range near index ${this.#at}`);
    parts.items += this.#inClass(first, last);
  }

  /** One character; null where it was a whole class such as `\d`, which is added to the parts. */
  #classCharacter(parts: ClassParts): string | null {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    if (character !== '\\') return character;
    const inner = this.#classEscape();
    if (inner) {
      parts.items += inner.items;
      parts.beside.push(...inner.beside);
      return null;
    }
    const escaped = this.#characterEscape() ?? this.#peek();
    if (escaped === this.#peek()) this.#at += escaped.length;
    return escaped;
  }

  #inClass(first: string, last: string): string {
    const escaped = (each: string): string => (/[\^$\\.*+?()[\]{}|/-]/.test(each) ? `\\${each}` : each);
    const written = first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`;
    if (!this.#flags.i) return written;
    let others = '';
    for (let code = first.codePointAt(0) ?? 0; code <= Math.min(last.codePointAt(0) ?? 0, 127); code++)
      others += otherCase(String.fromCodePoint(code)) ?? '';
    return written + others;
  }
}

const SIMPLE: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  a: '\x07',
  e: '\x1b',
};
