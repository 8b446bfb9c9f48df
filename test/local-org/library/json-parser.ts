import { platformEnum } from '../language/runtime/platform-enums.ts';
import { ApexBlob } from '../values/dates.ts';
import { platformException } from '../values/exception.ts';
import { to18 } from '../values/ids.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import type { PrimitiveName } from '../values/type-ref.ts';
import { parse, typed } from './json-read.ts';
import type { JsonValue } from './json-text.ts';
import { platformClass } from './registry.ts';
import { describedType } from './types.ts';

interface Token {
  readonly kind: string;
  readonly text: string | null;
  /** The name of the member that this token belongs to, or is. */
  readonly name: string | null;
  readonly value: JsonValue;
  /** For what opens: the position of the token that closes it; otherwise its own. */
  end: number;
}

/** A value as the platform's parser walks over it. */
function tokensOf(value: JsonValue, name: string | null, tokens: Token[]): void {
  const add = (kind: string, text: string | null, each: JsonValue = value): Token => {
    const token = { kind, text, name, value: each, end: tokens.length };
    tokens.push(token);
    return token;
  };
  if (value === null) add('VALUE_NULL', 'null');
  else if (typeof value === 'boolean') add(value ? 'VALUE_TRUE' : 'VALUE_FALSE', String(value));
  else if (typeof value === 'string') add('VALUE_STRING', value);
  else if ('number' in value)
    add(/^-?\d+$/.test(value.number) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT', value.number);
  else if ('members' in value) {
    const opening = add('START_OBJECT', '{');
    for (const [key, each] of value.members) {
      tokens.push({ kind: 'FIELD_NAME', text: key, name: key, value: key, end: tokens.length });
      tokensOf(each, key, tokens);
    }
    opening.end = tokens.length;
    add('END_OBJECT', '}');
  } else {
    const opening = add('START_ARRAY', '[');
    for (const each of value) tokensOf(each, null, tokens);
    opening.end = tokens.length;
    add('END_ARRAY', ']');
  }
}

/** A System.JSONParser: it stands before the first token until nextToken is called. */
export class JsonParser extends PlatformObject {
  readonly #tokens: Token[] = [];
  #at = -1;
  #cleared: Token | null = null;
  #isCleared = false;

  constructor(text: string) {
    super('System.JSONParser');
    tokensOf(parse(text), null, this.#tokens);
  }

  get token(): Token | null {
    return this.#isCleared ? null : (this.#tokens[this.#at] ?? null);
  }

  get lastCleared(): Token | null {
    return this.#cleared;
  }

  next(): Token | null {
    this.#at += 1;
    this.#isCleared = false;
    return this.token;
  }

  nextValue(): Token | null {
    const token = this.next();
    return token?.kind === 'FIELD_NAME' ? this.next() : token;
  }

  clear(): void {
    this.#cleared = this.token;
    this.#isCleared = true;
  }

  skipChildren(): void {
    const { token } = this;
    if (token?.kind.startsWith('START_')) this.#at = token.end;
  }

  read(): Token {
    return this.token ?? wrong('Current token is null. Call nextToken() first.');
  }

  /** Reads the value that starts here and stands at its end. */
  readValue(): JsonValue {
    if (this.token?.kind === 'FIELD_NAME') this.next();
    const token = this.#at < 0 ? this.next() : this.read();
    this.skipChildren();
    return token?.value ?? null;
  }
}

function wrong(message: string): never {
  throw platformException('System.JSONException', message);
}

const token = (found: Token | null): ApexValue =>
  found === null ? null : platformEnum('System.JSONToken', found.kind);

/** The current token's value as a primitive; a JSONException where it is another kind of token. */
const primitive =
  (name: PrimitiveName, ...kinds: string[]) =>
  (parser: JsonParser): ApexValue => {
    const found = parser.read();
    if (!kinds.includes(found.kind))
      wrong(`Current token (${found.kind}) is not a ${name} value and cannot be read as one`);
    return typed(found.value, { kind: 'primitive', name }, false);
  };

platformClass({
  name: 'System.JSONToken',
  enumValues: [
    'END_ARRAY',
    'END_OBJECT',
    'FIELD_NAME',
    'NOT_AVAILABLE',
    'START_ARRAY',
    'START_OBJECT',
    'VALUE_EMBEDDED_OBJECT',
    'VALUE_FALSE',
    'VALUE_NULL',
    'VALUE_NUMBER_FLOAT',
    'VALUE_NUMBER_INT',
    'VALUE_STRING',
    'VALUE_TRUE',
  ],
});
platformClass({
  name: 'System.JSONParser',
  methods: {
    'nextToken/0': (parser: JsonParser) => token(parser.next()),
    'nextValue/0': (parser: JsonParser) => token(parser.nextValue()),
    'getCurrentToken/0': (parser: JsonParser) => token(parser.token),
    'hasCurrentToken/0': (parser: JsonParser) => parser.token !== null,
    'clearCurrentToken/0': (parser: JsonParser) => {
      parser.clear();
    },
    'getLastClearedToken/0': (parser: JsonParser) => token(parser.lastCleared),
    'getCurrentName/0': (parser: JsonParser) => parser.token?.name ?? null,
    'getText/0': (parser: JsonParser) => parser.token?.text ?? null,
    'skipChildren/0': (parser: JsonParser) => {
      parser.skipChildren();
    },
    'getBooleanValue/0': primitive('Boolean', 'VALUE_TRUE', 'VALUE_FALSE'),
    'getIntegerValue/0': primitive('Integer', 'VALUE_NUMBER_INT'),
    'getLongValue/0': primitive('Long', 'VALUE_NUMBER_INT'),
    'getDoubleValue/0': primitive('Double', 'VALUE_NUMBER_INT', 'VALUE_NUMBER_FLOAT'),
    'getDecimalValue/0': primitive('Decimal', 'VALUE_NUMBER_INT', 'VALUE_NUMBER_FLOAT'),
    'getDateValue/0': primitive('Date', 'VALUE_STRING'),
    'getDateTimeValue/0': primitive('Datetime', 'VALUE_STRING'),
    'getTimeValue/0': primitive('Time', 'VALUE_STRING'),
    'getIdValue/0': (parser: JsonParser) => to18(parser.read().text ?? ''),
    'getBlobValue/0': (parser: JsonParser) => new ApexBlob(Buffer.from(parser.read().text ?? '', 'base64')),
    'readValueAs/1': (parser: JsonParser, type: ApexValue) =>
      typed(parser.readValue(), describedType(type), false),
    'readValueAsStrict/1': (parser: JsonParser, type: ApexValue) =>
      typed(parser.readValue(), describedType(type), true),
  },
});
