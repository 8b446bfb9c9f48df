/** A formula as a tree. */
export type FormulaNode =
  | { readonly kind: 'text' | 'number'; readonly value: string }
  | { readonly kind: 'constant'; readonly value: boolean | null }
  | { readonly kind: 'name'; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly parts: readonly FormulaNode[] }
  | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly part: FormulaNode }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: FormulaNode;
      readonly right: FormulaNode;
    };

/** What is wrong with a formula. */
export class FormulaError extends Error {}

const TOKEN =
  /\s+|\/\*[^]*?\*\/|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>\d+(?:\.\d+)?|\.\d+)|(?<name>\$?[A-Za-z_][\w$]*(?::\w+)?(?:\s*\.\s*[A-Za-z_]\w*(?::\w+)?)*)|(?<mark><>|<=|>=|==|!=|&&|\|\||[-+*/^&=<>!(),])/gy;

interface Token {
  readonly kind: 'text' | 'number' | 'name' | 'mark';
  readonly text: string;
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (!match) throw new FormulaError(`unexpected text ${source.slice(at, at + 20)}`);
    at = TOKEN.lastIndex;
    for (const kind of ['text', 'number', 'name', 'mark'] as const) {
      const text = match.groups?.[kind];
      if (text !== undefined) found.push({ kind, text });
    }
  }
  return found;
}

/** How tightly an operator binds. */
const BINDING: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '=': 3,
  '==': 3,
  '<>': 3,
  '!=': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '&': 5,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '^': 7,
};

const parsed = new Map<string, FormulaNode>();

/** Reads a formula. Throws FormulaError. */
export function parseFormula(source: string): FormulaNode {
  const known = parsed.get(source);
  if (known) return known;
  const node = new Parser(tokens(source)).formula();
  parsed.set(source, node);
  return node;
}

/** Every function that a formula calls, in capitals. */
export function calledFunctions(node: FormulaNode): string[] {
  switch (node.kind) {
    case 'call':
      return [node.name, ...node.parts.flatMap(calledFunctions)];
    case 'unary':
      return calledFunctions(node.part);
    case 'binary':
      return [...calledFunctions(node.left), ...calledFunctions(node.right)];
    default:
      return [];
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  formula(): FormulaNode {
    const node = this.#expression(0);
    const rest = this.#tokens[this.#at];
    if (rest) throw new FormulaError(`unexpected ${rest.text}`);
    return node;
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new FormulaError('the formula ends too soon');
    this.#at += 1;
    return token;
  }

  #accept(mark: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'mark' || token.text !== mark) return false;
    this.#at += 1;
    return true;
  }

  #expression(least: number): FormulaNode {
    let left = this.#operand();
    for (;;) {
      const token = this.#tokens[this.#at];
      const binding = token?.kind === 'mark' ? BINDING[token.text] : undefined;
      if (!token || binding === undefined || binding <= least) return left;
      this.#at += 1;
      left = { kind: 'binary', operator: token.text, left, right: this.#expression(binding) };
    }
  }

  #operand(): FormulaNode {
    const token = this.#next();
    switch (token.kind) {
      case 'text':
        return {
          kind: 'text',
          value: token.text
            .slice(1, -1)
            .replace(/\\(.)/g, (_whole, each: string) => (each === 'n' ? '\n' : each)),
        };
      case 'number':
        return { kind: 'number', value: token.text };
      case 'name':
        // `Owner:User.Name` says which of several objects is meant; the record's own parent says it too.
        return this.#named(token.text.replace(/\s|:\w+/g, ''));
      case 'mark':
        break;
    }
    if (token.text === '-' || token.text === '!')
      return { kind: 'unary', operator: token.text, part: this.#expression(6) };
    if (token.text === '+') return this.#expression(6);
    if (token.text !== '(') throw new FormulaError(`unexpected ${token.text}`);
    const inner = this.#expression(0);
    if (!this.#accept(')')) throw new FormulaError(') is missing');
    return inner;
  }

  #named(name: string): FormulaNode {
    if (!this.#accept('(')) {
      const constant = { true: true, false: false, null: null }[name.toLowerCase()];
      return constant === undefined
        ? { kind: 'name', path: name.split('.') }
        : { kind: 'constant', value: constant };
    }
    const parts: FormulaNode[] = [];
    if (!this.#accept(')')) {
      do parts.push(this.#expression(0));
      while (this.#accept(','));
      if (!this.#accept(')')) throw new FormulaError(`) is missing after ${name}`);
    }
    return { kind: 'call', name: name.toUpperCase(), parts };
  }
}
