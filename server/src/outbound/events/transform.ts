import type { RecordWrite } from '../engine/record-write.ts';
import { normalizedAddress } from '../../values/email-address.ts';
import { salesforceId } from '../../values/salesforce-id.ts';
import { contactValues, OPTIONAL } from './lead-mapping.ts';
import type { SourceSettings } from './source-settings.ts';
import { asTheyAre, isObject, leadValues, textOf, traitsOf, undoneOptOuts, type Values } from './traits.ts';

/** What an event asks for: a write, or a person whose record is to be looked up by e-mail first. */
export type Intent =
  | { readonly kind: 'write'; readonly write: RecordWrite }
  | PersonIntent
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface PersonIntent {
  readonly kind: 'person';
  /** In the one spelling of its mailbox. */
  readonly email: string;
  readonly values: Values;
  /** Traits that are not among the values, with why. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

/** Turns identify events into intents. Pure: the same event and settings give the same intents. */
export type Transformation = (event: unknown) => readonly Intent[];

/** What a new record gets where nothing is known: Salesforce has none without. */
const NOT_KNOWN = 'n/a';
const NEW_LEAD = { LastName: NOT_KNOWN, Company: NOT_KNOWN };
const NEW_CONTACT = { LastName: NOT_KNOWN };
/**
 * What the type of an externalId begins with: the name of a destination, which RudderStack has three of for Salesforce. No
 * object's name has a hyphen.
 */
const SALESFORCE = /^salesforce(?:_oauth(?:_sandbox)?-|[-_])/i;
/** What ids of leads begin with. */
const LEAD = '00Q';

/** Compiles the transformation of a source. */
export function compileTransformation(settings: SourceSettings): Transformation {
  const { mapProperties, unknownFields } = settings;
  const shared = { unknownFields, findsCustomFields: mapProperties, optionalFields: OPTIONAL };
  const mapped = mapProperties ? leadValues : asTheyAre;

  return (event) => {
    if (!isObject(event)) return [refusal('invalid-event', 'An event is an object.')];
    const context = isObject(event.context) ? event.context : {};
    const traits = traitsOf(event, context);
    if (traits === null) return [refusal('no-traits', 'An identify call has traits.')];
    const externalIds: readonly unknown[] = Array.isArray(context.externalId) ? context.externalId : [];
    if (context.mappedToDestination === true || context.mappedToDestination === 'true')
      return [identified(externalIds[0], traits, unknownFields)];
    const named = externalIds.flatMap((each) => recordOf(each) ?? []);
    if (named.length === 0) return [person(traits)];
    return named.map(({ object, id }) => ({ kind: 'write', write: writeOf(object, id, traits) }));
  };

  function writeOf(object: string, id: string | null, traits: Values): RecordWrite {
    const isLead = object.toLowerCase() === 'lead';
    return {
      ...shared,
      object,
      operation: id === null ? 'create' : 'update',
      match: id === null ? { by: 'nothing' } : { by: 'id', id },
      values: isLead ? mapped(traits) : asTheyAre(traits),
      ...leftOutOf(traits),
      ...(isLead ? { whenCreating: NEW_LEAD } : {}),
    };
  }

  function person(traits: Values): Intent {
    const id = textOf(traits.id) ?? textOf(traits.Id);
    const lead = id === null ? null : salesforceId(id);
    if (lead?.startsWith(LEAD) === true) return { kind: 'write', write: writeOf('Lead', lead, traits) };
    const email = normalizedAddress(textOf(traits.email) ?? textOf(traits.Email) ?? '');
    return email === ''
      ? refusal(
          'no-email',
          'A lead is looked up by e-mail: send the trait email, or an externalId of Salesforce.',
        )
      : { kind: 'person', email, values: mapped(traits), ...leftOutOf(traits) };
  }
}

/** The write for a person whose record was looked up; null creates one. */
export function personWrite(
  settings: SourceSettings,
  { email, values, leftOut }: PersonIntent,
  found: { readonly object: 'Lead' | 'Contact'; readonly id: string } | null,
): RecordWrite {
  const object = found?.object ?? settings.object;
  return {
    object,
    operation: found ? 'update' : 'create',
    match: found ? { by: 'id', id: found.id } : { by: 'nothing', sameAs: email },
    values: object === 'Contact' && settings.mapProperties ? contactValues(values) : values,
    whenCreating: object === 'Contact' ? NEW_CONTACT : NEW_LEAD,
    unknownFields: settings.unknownFields,
    findsCustomFields: settings.mapProperties,
    optionalFields: OPTIONAL,
    ...(leftOut === undefined ? {} : { leftOut }),
  };
}

function leftOutOf(traits: Values): Pick<RecordWrite, 'leftOut'> {
  const leftOut = undoneOptOuts(traits);
  return leftOut === undefined ? {} : { leftOut };
}

/** A record that was recognized upstream, by its id or by another field; its traits bear the names of fields already. */
function identified(
  externalId: unknown,
  traits: Values,
  unknownFields: SourceSettings['unknownFields'],
): Intent {
  const { id, type, identifierType } = isObject(externalId) ? externalId : {};
  const value = typeof id === 'number' ? id : textOf(id);
  const field = textOf(identifierType);
  const object = objectOf(type);
  if (value === null || field === null || object === null)
    return refusal(
      'invalid-external-id',
      'An event mapped upstream has an externalId with id, type (Salesforce-<Object>) and identifierType.',
    );
  const shared = {
    object,
    values: asTheyAre(traits),
    unknownFields,
    optionalFields: OPTIONAL,
    ...leftOutOf(traits),
  };
  return field.toLowerCase() === 'id'
    ? { kind: 'write', write: { ...shared, operation: 'update', match: { by: 'id', id: String(value) } } }
    : {
        kind: 'write',
        write: {
          ...shared,
          operation: 'upsert',
          match: { by: 'fields', operator: 'AND', matchers: [{ field, value }] },
        },
      };
}

/** A record that an event names: its object, and its id where it is known. Null for ids of other systems. */
function recordOf(externalId: unknown): { object: string; id: string | null } | null {
  if (!isObject(externalId)) return null;
  const object = objectOf(externalId.type);
  return object === null ? null : { object, id: givenId(externalId.id) };
}

/** An id that is no text is no id of a record either, and is told so: without it another record would be created. */
function givenId(id: unknown): string | null {
  if (id !== null && id !== undefined && typeof id !== 'string') return JSON.stringify(id);
  const text = textOf(id);
  return text === null ? null : (salesforceId(text) ?? text);
}

/** `Salesforce-Contact` is Contact. */
function objectOf(type: unknown): string | null {
  return typeof type === 'string' && SALESFORCE.test(type) ? textOf(type.replace(SALESFORCE, '')) : null;
}

function refusal(code: string, message: string): Intent {
  return { kind: 'refused', code, message };
}
