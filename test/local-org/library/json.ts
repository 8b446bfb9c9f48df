import { throwNull } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { JsonGenerator } from './json-generator.ts';
import { JsonParser } from './json-parser.ts';
import { parse, typed, untyped } from './json-read.ts';
import { serialize } from './json-write.ts';
import { platformClass } from './registry.ts';
import { describedType } from './types.ts';

platformClass({
  name: 'System.JSON',
  statics: {
    'serialize/1': (value: ApexValue) => serialize(value),
    'serialize/2': (value: ApexValue, suppressNulls: boolean) => serialize(value, { suppressNulls }),
    'serializePretty/1': (value: ApexValue) => serialize(value, { pretty: true }),
    'serializePretty/2': (value: ApexValue, suppressNulls: boolean) =>
      serialize(value, { suppressNulls, pretty: true }),
    'deserialize/2': (text: string | null, type: ApexValue) =>
      typed(parse(text, describedType(type)), describedType(type), false),
    'deserializeStrict/2': (text: string | null, type: ApexValue) =>
      typed(parse(text, describedType(type)), describedType(type), true),
    'createGenerator/1': (pretty: boolean | null) => new JsonGenerator(pretty === true),
    'createParser/1': (text: string | null) => new JsonParser(text ?? throwNull()),
    'deserializeUntyped/1': (text: string | null) => untyped(parse(text)),
  },
});
