import { RoundingMode } from 'bigdecimal.js';
import { platformException } from '../values/exception.ts';
import { Unsupported } from '../values/unsupported.ts';
import { ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { ApexDecimal, ApexDouble, divideDecimals, isApexNumber, toBig, toFloat } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import { decimal, FUNCTIONS, moment, text } from './formula-functions.ts';
import { calledFunctions, FormulaError, parseFormula, type FormulaNode } from './formula-syntax.ts';
import type { FieldSchema, ObjectSchema } from './schema.ts';
import type { QueryEnvironment } from './soql/run.ts';
import type { StoredRecord } from './store.ts';

const DAY = 86_400_000;
/** Functions that see their arguments before they are worked out, or what stands around the record. */
const SPECIAL = [
  'AND',
  'OR',
  'NOT',
  'IF',
  'CASE',
  'ISBLANK',
  'ISNULL',
  'BLANKVALUE',
  'NULLVALUE',
  'ISNEW',
  'ISCHANGED',
  'PRIORVALUE',
  'ISCLONE',
  'TODAY',
  'NOW',
  'TIMENOW',
];

/** What a formula is worked out of. */
export interface FormulaSubject {
  readonly environment: QueryEnvironment;
  readonly object: ObjectSchema;
  readonly row: StoredRecord;
  /** The record before its change, for ISCHANGED and PRIORVALUE; null for a new one. */
  readonly before?: StoredRecord | null;
  /** What `$User.Id` and the like stand for. */
  readonly global?: QueryEnvironment['global'];
}

/** The first thing of a formula that the local org does not know, or null. */
export function formulaProblem(source: string): string | null {
  try {
    const missing = calledFunctions(parseFormula(source)).find(
      (name) => !(name in FUNCTIONS) && !SPECIAL.includes(name),
    );
    return missing === undefined ? null : `the formula function ${missing} is not supported by the local org`;
  } catch (error) {
    if (error instanceof FormulaError) return `the formula is not understood: ${error.message}`;
    throw error;
  }
}

/** The value of a formula field, as its type and scale have it. */
export function formulaValue(
  environment: QueryEnvironment,
  object: ObjectSchema,
  row: StoredRecord,
  field: FieldSchema,
): ApexValue {
  const value = evaluateFormula(field.formula ?? '', {
    environment,
    object,
    row,
    global: environment.global,
  });
  if (value === null) return field.type === 'boolean' ? false : null;
  if (!isApexNumber(value)) return value === '' ? null : value;
  const rounded = new ApexDecimal(toBig(value).setScale(field.scale, RoundingMode.HALF_UP));
  return field.apexType.kind === 'primitive' && field.apexType.name === 'Double'
    ? new ApexDouble(toFloat(rounded))
    : rounded;
}

/** Works a formula out. A System.QueryException where it cannot be. */
export function evaluateFormula(source: string, subject: FormulaSubject): ApexValue {
  try {
    return evaluate(parseFormula(source), subject);
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    if (formulaProblem(source) !== null)
      throw new Unsupported(subject.object.name, 1, 1, `the formula ${source}`);
    throw platformException('System.QueryException', `${subject.object.name}: ${error.message}`);
  }
}

function evaluate(node: FormulaNode, subject: FormulaSubject): ApexValue {
  switch (node.kind) {
    case 'text':
      return node.value;
    case 'number':
      return ApexDecimal.of(node.value);
    case 'constant':
      return node.value;
    case 'name':
      return nameValue(node.path, subject);
    case 'unary':
      return node.operator === '!'
        ? !truth(evaluate(node.part, subject))
        : new ApexDecimal(decimal(evaluate(node.part, subject)).big.negate());
    case 'call':
      return call(node.name, node.parts, subject);
    case 'binary':
      return binary(node, subject);
  }
}

const truth = (value: ApexValue): boolean => value === true;
const isBlank = (value: ApexValue): boolean => value === null || value === '';

function nameValue(path: readonly string[], subject: FormulaSubject, row = subject.row): ApexValue {
  const [first = '', ...rest] = path;
  if (first.startsWith('$')) {
    if (!subject.global) throw new FormulaError(`${path.join('.')} is not supported in a formula here`);
    return subject.global(path);
  }
  const { environment, object } = subject;
  if (rest.length === 0) {
    const field = object.fields.get(first.toLowerCase());
    if (!field) throw new FormulaError(`field ${first} does not exist`);
    return field.formula === null
      ? (row.get(first.toLowerCase()) ?? null)
      : formulaValue(environment, object, row, field);
  }
  const parent =
    object.parents.get(first.toLowerCase()) ?? object.parents.get(first.toLowerCase().replace(/id$/, ''));
  if (!parent) throw new FormulaError(`relationship ${first} does not exist`);
  const id = row.get(parent.field.name.toLowerCase());
  if (typeof id !== 'string') return null;
  for (const target of parent.targets) {
    const found = environment.store.get(target, id);
    const targetObject = environment.schema.object(target);
    if (found && targetObject)
      return nameValue(rest, { ...subject, object: targetObject, row: found }, found);
  }
  return null;
}

function call(name: string, parts: readonly FormulaNode[], subject: FormulaSubject): ApexValue {
  const [first, second, third] = parts;
  const value = (node: FormulaNode | undefined): ApexValue => (node ? evaluate(node, subject) : null);
  switch (name) {
    case 'AND':
      return parts.every((each) => truth(value(each)));
    case 'OR':
      return parts.some((each) => truth(value(each)));
    case 'NOT':
      return !truth(value(first));
    case 'IF':
      return truth(value(first)) ? value(second) : value(third);
    case 'CASE':
      return choice(parts, value);
    case 'ISBLANK':
    case 'ISNULL':
      return isBlank(value(first));
    case 'BLANKVALUE':
    case 'NULLVALUE': {
      const given = value(first);
      return isBlank(given) ? value(second) : given;
    }
    case 'ISNEW':
      return subject.before === null;
    case 'ISCLONE':
      return false;
    case 'ISCHANGED':
      return subject.before ? !same(value(first), prior(first, subject)) : false;
    case 'PRIORVALUE':
      return prior(first, subject);
    case 'TODAY':
      return new ApexDate(Math.floor(subject.environment.now / DAY));
    case 'NOW':
      return new ApexDatetime(subject.environment.now);
    case 'TIMENOW':
      return new ApexTime(subject.environment.now);
    default: {
      const known = FUNCTIONS[name];
      if (!known) throw new FormulaError(`the formula function ${name} is not supported by the local org`);
      return known(...parts.map(value));
    }
  }
}

/** `CASE(x, a, 1, b, 2, 0)`. */
function choice(
  parts: readonly FormulaNode[],
  value: (node: FormulaNode | undefined) => ApexValue,
): ApexValue {
  const subject = value(parts[0]);
  for (let index = 1; index + 1 < parts.length; index += 2)
    if (same(subject, value(parts[index]))) return value(parts[index + 1]);
  return value(parts.at(-1));
}

function prior(node: FormulaNode | undefined, subject: FormulaSubject): ApexValue {
  return node ? evaluate(node, { ...subject, row: subject.before ?? subject.row }) : null;
}

function same(left: ApexValue, right: ApexValue): boolean {
  if (isBlank(left) || isBlank(right)) {
    // A blank number is zero, unless both are blank.
    if (isApexNumber(left) || isApexNumber(right))
      return (
        decimal(isBlank(left) ? null : left).big.compareTo(decimal(isBlank(right) ? null : right).big) === 0
      );
    return isBlank(left) && isBlank(right);
  }
  return compare(left, right) === 0;
}

function compare(left: ApexValue, right: ApexValue): number {
  const from = moment(left);
  const to = moment(right);
  if (from !== null && to !== null) return from - to;
  if (isApexNumber(left) || isApexNumber(right)) return decimal(left).big.compareTo(decimal(right).big);
  if (typeof left === 'boolean' || typeof right === 'boolean')
    return Number(truth(left)) - Number(truth(right));
  const [a, b] = [text(left), text(right)];
  return a === b ? 0 : a < b ? -1 : 1;
}

function binary(node: Extract<FormulaNode, { kind: 'binary' }>, subject: FormulaSubject): ApexValue {
  const left = evaluate(node.left, subject);
  if (node.operator === '&&') return truth(left) && truth(evaluate(node.right, subject));
  if (node.operator === '||') return truth(left) || truth(evaluate(node.right, subject));
  const right = evaluate(node.right, subject);
  // Only fields take a blank number for zero; a rule's comparison with one says nothing.
  if (subject.before !== undefined && isUnknown(node.operator, left, right)) return null;
  switch (node.operator) {
    case '=':
    case '==':
      return same(left, right);
    case '<>':
    case '!=':
      return !same(left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(node.operator, left, right);
    case '&':
      return text(left) + text(right);
    default:
      return arithmetic(node.operator, left, right);
  }
}

const COMPARISONS = new Set(['=', '==', '<>', '!=', '<', '<=', '>', '>=']);

function isUnknown(operator: string, left: ApexValue, right: ApexValue): boolean {
  return (
    COMPARISONS.has(operator) &&
    ((left === null && isApexNumber(right)) || (right === null && isApexNumber(left)))
  );
}

function ordered(operator: string, left: ApexValue, right: ApexValue): boolean {
  const isMoment = moment(left) !== null || moment(right) !== null;
  if (isMoment && (left === null || right === null)) return false;
  const difference = compare(left, right);
  if (difference === 0) return operator.endsWith('=');
  return operator.startsWith('<') === difference < 0;
}

function arithmetic(operator: string, left: ApexValue, right: ApexValue): ApexValue {
  const from = moment(left);
  const to = moment(right);
  if (from !== null && to !== null && operator === '-')
    return new ApexDecimal(divideDecimals(toBig(from - to), toBig(DAY)));
  if (from !== null) return moved(left, from, toFloat(decimal(right)) * (operator === '-' ? -1 : 1));
  if (to !== null) return moved(right, to, toFloat(decimal(left)));
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string'))
    return text(left) + text(right);
  const [a, b] = [decimal(left).big, decimal(right).big];
  switch (operator) {
    case '+':
      return new ApexDecimal(a.add(b));
    case '-':
      return new ApexDecimal(a.subtract(b));
    case '*':
      return new ApexDecimal(a.multiply(b));
    case '/':
      // A quotient that is none shows as an error in the field: nothing can be read from it.
      return b.signum() === 0 ? null : new ApexDecimal(divideDecimals(a, b));
    default:
      return ApexDecimal.of(toFloat(new ApexDecimal(a)) ** toFloat(new ApexDecimal(b)));
  }
}

function moved(value: ApexValue, time: number, days: number): ApexValue {
  if (value instanceof ApexDate) return new ApexDate(Math.floor(time / DAY) + Math.trunc(days));
  if (value instanceof ApexTime) return new ApexTime(time + days);
  return new ApexDatetime(time + Math.round(days * DAY));
}
