import type {
  ModifierContext,
  TypeRefContext,
  TypeNameContext,
  AnnotationContext,
  IdContext,
  AnyIdContext,
} from '@apexdevtools/apex-parser';
import type { ApexParserRuleContext as ParserRuleContext } from '@apexdevtools/apex-parser';
import type { Annotation, Modifiers, Position, TypeNode } from './ast.ts';

export function at(context: ParserRuleContext): Position {
  return [context.start.line, context.start.column + 1];
}

export function idText(id: IdContext | AnyIdContext): string {
  return id.getText();
}

export function typeNode(type: TypeRefContext): TypeNode {
  const parts = type.typeName_list();
  const last = parts.at(-1);
  const written: TypeNode = {
    names: parts.map(partName),
    arguments: last ? typeArguments(last) : [],
    at: at(type),
  };
  // arraySubscripts is always there and often empty; each pair of brackets is a list around what stands before.
  let result = written;
  for (const _pair of type.arraySubscripts().LBRACK_list()) {
    result = { names: ['List'], arguments: [result], at: written.at };
  }
  return result;
}

/** A type named in the code of the compiler itself, `Exception`. */
export function namedType(
  names: readonly string[],
  where: Position,
  args: readonly TypeNode[] = [],
): TypeNode {
  return { names, arguments: args, at: where };
}

function partName(part: TypeNameContext): string {
  const id = part.id() as IdContext | null;
  if (id) return idText(id);
  const word = part.getChild(0).getText().toLowerCase();
  return word === 'list' ? 'List' : word === 'set' ? 'Set' : 'Map';
}

function typeArguments(part: TypeNameContext): TypeNode[] {
  const list = part.typeArguments() as ReturnType<TypeNameContext['typeArguments']> | null;
  return list ? list.typeList().typeRef_list().map(typeNode) : [];
}

export function modifiers(list: readonly ModifierContext[]): Modifiers {
  const words: string[] = [];
  const annotations: Annotation[] = [];
  for (const modifier of list) {
    const annotation = modifier.annotation() as AnnotationContext | null;
    if (annotation) annotations.push(annotationNode(annotation));
    else words.push(wordsOf(modifier));
  }
  return { words, annotations };
}

/** `with sharing` is two tokens that getText would run together. */
function wordsOf(modifier: ModifierContext): string {
  const text = modifier.getText().toLowerCase();
  return text.endsWith('sharing') ? `${text.slice(0, -'sharing'.length)} sharing` : text;
}

function annotationNode(annotation: AnnotationContext): Annotation {
  const values: Record<string, string> = {};
  const pairs = annotation.elementValuePairs() as ReturnType<AnnotationContext['elementValuePairs']> | null;
  for (const pair of pairs?.elementValuePair_list() ?? []) {
    values[idText(pair.id()).toLowerCase()] = unquoted(pair.elementValue().getText());
  }
  const lone = annotation.elementValue() as ReturnType<AnnotationContext['elementValue']> | null;
  if (lone) values[''] = unquoted(lone.getText());
  return { name: idText(annotation.id()).toLowerCase(), values };
}

function unquoted(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1) : text;
}
