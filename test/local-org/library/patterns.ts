import { ApexList } from '../values/collections.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { compilePattern, type CompiledPattern } from './java-pattern.ts';
import { groupText, replacePattern, splitText } from './pattern-use.ts';
import { platformClass } from './registry.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };

class ApexPattern extends PlatformObject {
  readonly text: string;
  readonly compiled: CompiledPattern;
  constructor(text: string) {
    super('System.Pattern');
    this.text = text;
    this.compiled = compilePattern(text);
  }
  override toString(): string {
    return this.text;
  }
}

/** A search through a text or a region of it. What is found is kept with its places in the whole text. */
class ApexMatcher extends PlatformObject {
  pattern: ApexPattern;
  input: string;
  /** Where the next find starts. */
  #at = 0;
  #found: RegExpExecArray | null = null;
  #hitEnd = false;
  regionStart = 0;
  regionEnd: number;
  hasAnchoringBounds = true;
  hasTransparentBounds = false;

  constructor(pattern: ApexPattern, input: string) {
    super('System.Matcher');
    this.pattern = pattern;
    this.input = input;
    this.regionEnd = input.length;
  }

  reset(): void {
    this.region(0, this.input.length);
  }

  region(start: number, end: number): void {
    if (start < 0 || start > end || end > this.input.length)
      throwPlatform('System.StringException', `Index out of bounds: ${start}, ${end}`);
    this.regionStart = start;
    this.regionEnd = end;
    this.#at = start;
    this.#found = null;
  }

  /** Runs an expression on the region; its ends count as the text's own. */
  #search(source: string, from: number): boolean {
    const expression = new RegExp(source, 'dgu');
    expression.lastIndex = from - this.regionStart;
    const region = this.input.slice(this.regionStart, this.regionEnd);
    this.#found = expression.exec(region);
    this.#hitEnd = !this.#found || this.#found.index + this.#found[0].length === region.length;
    return this.#found !== null;
  }

  find(): boolean {
    if (this.#at > this.regionEnd || !this.#search(this.pattern.compiled.source, this.#at)) {
      this.#found = null;
      return false;
    }
    this.#at = this.#found?.[0] === '' ? this.end(0) + 1 : this.end(0);
    return true;
  }

  findFrom(from: number): boolean {
    if (from < 0 || from > this.input.length)
      throwPlatform('System.StringException', `Illegal start index: ${from}`);
    this.reset();
    this.#at = from;
    return this.find();
  }

  matches(): boolean {
    const isFound = this.#search(`(?<![^])(?:${this.pattern.compiled.source})(?![^])`, this.regionStart);
    if (isFound) this.#at = this.end(0);
    return isFound;
  }

  lookingAt(): boolean {
    const isFound = this.#search(`(?<![^])(?:${this.pattern.compiled.source})`, this.regionStart);
    if (isFound) this.#at = this.end(0);
    return isFound;
  }

  get hitEnd(): boolean {
    return this.#hitEnd;
  }

  #match(number: number): RegExpExecArray {
    const found = this.#found ?? throwPlatform('System.StringException', 'No match found');
    if (number < 0 || number > this.pattern.compiled.groupCount)
      throwPlatform('System.StringException', `No group ${number}`);
    return found;
  }

  group(number: number): string | null {
    return groupText(this.#match(number), number);
  }

  #place(number: number): readonly [number, number] | undefined {
    const { indices } = this.#match(number);
    return number === 0 ? indices?.[0] : indices?.groups?.[`g${number}`];
  }

  start(number: number): number {
    const place = this.#place(number);
    return place ? place[0] + this.regionStart : -1;
  }

  end(number: number): number {
    const place = this.#place(number);
    return place ? place[1] + this.regionStart : -1;
  }
}

platformClass({
  name: 'System.Pattern',
  statics: {
    'compile/1': (text: string | null) => new ApexPattern(text ?? throwNull()),
    'matches/2': (text: string | null, input: string | null) =>
      new ApexMatcher(new ApexPattern(text ?? throwNull()), input ?? throwNull()).matches(),
    'quote/1': (text: string | null) => `\\Q${text ?? throwNull()}\\E`,
  },
  methods: {
    'matcher/1': (pattern: ApexPattern, input: string | null) =>
      new ApexMatcher(pattern, input ?? throwNull()),
    'pattern/0': (pattern: ApexPattern) => pattern.text,
    'split/1': (pattern: ApexPattern, input: string | null) =>
      new ApexList(STRING, splitText(input ?? throwNull(), pattern.text, 0)),
    'split/2': (pattern: ApexPattern, input: string | null, limit: number) =>
      new ApexList(STRING, splitText(input ?? throwNull(), pattern.text, limit)),
  },
});

platformClass({
  name: 'System.Matcher',
  statics: { 'quoteReplacement/1': (text: string) => text.replace(/[\\$]/g, '\\$&') },
  methods: {
    'find/0': (matcher: ApexMatcher) => matcher.find(),
    'find/1': (matcher: ApexMatcher, from: number) => matcher.findFrom(from),
    'matches/0': (matcher: ApexMatcher) => matcher.matches(),
    'lookingAt/0': (matcher: ApexMatcher) => matcher.lookingAt(),
    'group/0': (matcher: ApexMatcher) => matcher.group(0),
    'group/1': (matcher: ApexMatcher, number: number) => matcher.group(number),
    'groupCount/0': (matcher: ApexMatcher) => matcher.pattern.compiled.groupCount,
    'start/0': (matcher: ApexMatcher) => matcher.start(0),
    'start/1': (matcher: ApexMatcher, number: number) => matcher.start(number),
    'end/0': (matcher: ApexMatcher) => matcher.end(0),
    'end/1': (matcher: ApexMatcher, number: number) => matcher.end(number),
    'hitEnd/0': (matcher: ApexMatcher) => matcher.hitEnd,
    'replaceAll/1': (matcher: ApexMatcher, by: string | null) =>
      replacePattern(matcher.input, matcher.pattern.compiled, by ?? throwNull(), true),
    'replaceFirst/1': (matcher: ApexMatcher, by: string | null) =>
      replacePattern(matcher.input, matcher.pattern.compiled, by ?? throwNull(), false),
    'reset/0': (matcher: ApexMatcher) => {
      matcher.reset();
      return matcher;
    },
    'reset/1': (matcher: ApexMatcher, input: string | null) => {
      matcher.input = input ?? throwNull();
      matcher.reset();
      return matcher;
    },
    'region/2': (matcher: ApexMatcher, start: number, end: number) => {
      matcher.region(start, end);
      return matcher;
    },
    'regionStart/0': (matcher: ApexMatcher) => matcher.regionStart,
    'regionEnd/0': (matcher: ApexMatcher) => matcher.regionEnd,
    'pattern/0': (matcher: ApexMatcher) => matcher.pattern,
    'usePattern/1': (matcher: ApexMatcher, pattern: ApexPattern | null) => {
      matcher.pattern = pattern ?? throwNull();
      return matcher;
    },
    'hasAnchoringBounds/0': (matcher: ApexMatcher) => matcher.hasAnchoringBounds,
    'hasTransparentBounds/0': (matcher: ApexMatcher) => matcher.hasTransparentBounds,
  },
});
