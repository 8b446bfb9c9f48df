import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ApexErrorListener, ApexParserFactory, type ApexParser } from '@apexdevtools/apex-parser';
import { SourceError } from '../../values/object.ts';
import type { Declaration, Member, SourceFile, Statement } from './ast.ts';
import type { SoqlQuery, SoslSearch } from './query-ast.ts';
import {
  classDeclaration,
  enumDeclaration,
  interfaceDeclaration,
  memberDeclaration,
} from './declarations.ts';
import { optional } from './expressions.ts';
import { at, idText } from './names.ts';
import { soqlQuery } from './queries.ts';
import { soslSearch, soslSearchInBraces } from './searches.ts';
import { statement } from './statements.ts';

/** Changes when the syntax tree's shape does, so that an older cache is not read. */
const TREE_VERSION = 3;
const CACHE = path.join(import.meta.dirname, '../../../../.cache/local-org');

/** Reads a class or a trigger. Parsing costs about 0.35 ms a line, so trees are kept on disk by the source's hash. */
export function parseFile(file: string, source: string): SourceFile {
  const hash = createHash('sha256')
    .update(`${TREE_VERSION}\n${path.extname(file)}\n${source}`)
    .digest('hex');
  const cached = path.join(CACHE, `${hash}.json`);
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, 'utf8')) as SourceFile;
  const tree = file.endsWith('.trigger') ? parseTrigger(file, source) : parseClass(file, source);
  mkdirSync(CACHE, { recursive: true });
  const partial = `${cached}.${process.pid}`;
  writeFileSync(partial, JSON.stringify(tree));
  renameSync(partial, cached);
  return tree;
}

/** Reads the statements that `executeAnonymous` is given. */
export function parseAnonymous(source: string): SourceFile {
  return withParser('AnonymousBlock', source, (parser) => {
    const unit = parser.anonymousUnit();
    const statements = unit
      .anonymousBlock()
      .anonymousBlockMember_list()
      .flatMap((member) => {
        const declared = optional(member.anonymousMemberDeclaration());
        return declared
          ? localsOf(memberDeclaration(declared, member.modifier_list()))
          : [statement(member.statement())];
      });
    return { kind: 'anonymous', body: { kind: 'block', statements, at: [1, 1] } };
  });
}

/** Reads a query given as text at run time. Throws SourceError. */
export function parseQuery(source: string): SoqlQuery {
  // `\\%` and `\\_` are escapes of SOQL's LIKE, which the lexer of Apex does not know.
  const escaped = source.replace(/\\(.)/gs, (whole, character: string) =>
    character === '%' || character === '_' ? `\\${whole}` : whole,
  );
  return withParser('query', escaped, (parser) => {
    const tree = parser.query();
    const next = parser.getCurrentToken();
    if (next.type !== -1)
      throw new SourceError('query', next.line, next.column + 1, `unexpected token: '${next.text}'`);
    return soqlQuery(tree);
  });
}

/** Reads a search given as text at run time: `FIND 'x' …`, `FIND {x} …` or `FIND :x …`. Throws SourceError. */
export function parseSearch(source: string): SoslSearch {
  return withParser('query', `[${source.trim()}]`, (parser) =>
    /^FIND\s*\{/i.test(source.trim())
      ? soslSearchInBraces(parser.soslLiteralAlt())
      : soslSearch(parser.soslLiteral()),
  );
}

function parseClass(file: string, source: string): SourceFile {
  return withParser(file, source, (parser) => {
    const unit = parser.compilationUnit().typeDeclaration();
    const words = unit.modifier_list();
    const classTree = optional(unit.classDeclaration());
    const interfaceTree = optional(unit.interfaceDeclaration());
    const declaration: Declaration = classTree
      ? classDeclaration(classTree, words)
      : interfaceTree
        ? interfaceDeclaration(interfaceTree, words)
        : enumDeclaration(unit.enumDeclaration(), words);
    return { kind: 'type', declaration };
  });
}

function parseTrigger(file: string, source: string): SourceFile {
  return withParser(file, source, (parser) => {
    const unit = parser.triggerUnit();
    const [name = '', object = ''] = unit.id_list().map(idText);
    const statements = unit
      .triggerBlock()
      .triggerBlockMember_list()
      .flatMap((member) => {
        const declared = optional(member.triggerMemberDeclaration());
        return declared
          ? localsOf(memberDeclaration(declared, member.modifier_list()))
          : [statement(member.statement())];
      });
    const events = unit.triggerCase_list().map((event) =>
      event
        .getText()
        .toLowerCase()
        .replace(/^(before|after)/, '$1 '),
    );
    return {
      kind: 'trigger',
      name,
      object,
      events,
      body: { kind: 'block', statements, at: at(unit.triggerBlock()) },
      at: at(unit),
    };
  });
}

/** In a trigger or an anonymous block the grammar reads variables as fields. Methods and classes there are not run here. */
function localsOf(members: readonly Member[]): Statement[] {
  return members.map((member) => {
    if (member.kind !== 'field')
      throw new Error(`a ${member.kind} declared in a trigger or an anonymous block`);
    const variable = { name: member.name, initial: member.initial, at: member.at };
    return { kind: 'local', type: member.type, variables: [variable], at: member.at };
  });
}

class Refusing extends ApexErrorListener {
  readonly #file: string;
  constructor(file: string) {
    super();
    this.#file = file;
  }
  override apexSyntaxError(line: number, column: number, message: string): void {
    // ANTLR lists everything that could have stood there: half of the language.
    throw new SourceError(this.#file, line, column + 1, message.replace(/ expecting \{.*\}$/s, ''));
  }
}

function withParser<T>(file: string, source: string, read: (parser: ApexParser) => T): T {
  const { parser } = ApexParserFactory.createLexerAndParser(source, new Refusing(file));
  try {
    return read(parser);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    // The tree builder names a construct it does not know; the parser stands close behind it.
    const token = parser.getCurrentToken();
    const feature = error instanceof Error ? error.message : String(error);
    throw new SourceError(file, token.line, token.column + 1, `${feature} is not supported by the local org`);
  }
}
