import { describe, expect, it } from 'vitest';
import { STANDARD } from '../../../../server/src/outbound/events/lead-mapping.ts';
import { settingsSchema } from '../../../../server/src/outbound/events/source-settings.ts';
import {
  compileTransformation,
  personWrite,
  type Intent,
} from '../../../../server/src/outbound/events/transform.ts';

const EMAIL = 'alex@example.com';
const transform = compileTransformation(settingsSchema.parse({}));
const plain = compileTransformation(settingsSchema.parse({ mapProperties: false }));

/** The values that traits become for a person who is looked up by e-mail. */
function mapped(traits: object, by = transform): Record<string, unknown> {
  const [intent] = by({ type: 'identify', userId: 'u', traits: { email: EMAIL, ...traits } });
  if (intent?.kind !== 'person') throw new Error(`Not a person: ${JSON.stringify(intent)}`);
  const { Email: _email, email: _own, ...values } = intent.values;
  return values;
}

function writeOf(intent: Intent | undefined) {
  if (intent?.kind !== 'write') throw new Error(`Not a write: ${JSON.stringify(intent)}`);
  return intent.write;
}

describe('an identify call becomes fields of a lead', () => {
  it('by the example of the text', () => {
    const [intent] = transform({
      type: 'identify',
      userId: 'userid',
      traits: {
        name: 'Alex Keener',
        title: 'Mr.',
        email: EMAIL,
        company: 'Google Inc.',
        phone: '+1-202-555-0146',
        rating: 'Hot',
        city: 'New Orleans',
        postalCode: '90002',
        country: 'US',
        street: 'Blue Gum Street',
        state: 'LA',
      },
    });
    expect(intent).toEqual({
      kind: 'person',
      email: EMAIL,
      values: {
        FirstName: 'Alex',
        LastName: 'Keener',
        Title: 'Mr.',
        Email: EMAIL,
        Company: 'Google Inc.',
        Phone: '+1-202-555-0146',
        Rating: 'Hot',
        City: 'New Orleans',
        PostalCode: '90002',
        Country: 'US',
        Street: 'Blue Gum Street',
        State: 'LA',
      },
    });
  });

  it.each(Object.entries(STANDARD).filter(([trait]) => trait !== 'email'))('%s is %s', (trait, field) => {
    expect(mapped({ [trait]: 'value' })).toEqual({ [field]: 'value' });
  });

  it.each([
    ['accuracy', 'Accuracy'],
    ['city', 'City'],
    ['country', 'Country'],
    ['countryCode', 'CountryCode'],
    ['latitude', 'Latitude'],
    ['longitude', 'Longitude'],
    ['postalCode', 'PostalCode'],
    ['state', 'State'],
    ['stateCode', 'StateCode'],
    ['street', 'Street'],
  ])('address.%s is %s, and goes before the trait of the same name', (member, field) => {
    expect(mapped({ address: { [member]: 'in address' } })).toEqual({ [field]: 'in address' });
    expect(mapped({ [member]: 'beside', address: { [member]: 'in address' } })).toEqual({
      [field]: 'in address',
    });
    expect(mapped({ [member]: 'beside', address: { [member]: null } })).toEqual({ [field]: 'beside' });
  });

  it('takes a company as an object or as its name', () => {
    expect(
      mapped({ company: { name: 'Acme', annualRevenue: 1e6, industry: 'Energy', employee_count: 0 } }),
    ).toEqual({ Company: 'Acme', AnnualRevenue: 1e6, Industry: 'Energy', NumberOfEmployees: 0 });
    expect(mapped({ company: { companyDunsNumber: '150483782' } })).toEqual({
      CompanyDunsNumber: '150483782',
    });
    expect(mapped({ company: 'Acme' })).toEqual({ Company: 'Acme' });
  });

  it('takes an address that is a text for the street', () => {
    expect(mapped({ address: '1 Main Street, Springfield' })).toEqual({
      Street: '1 Main Street, Springfield',
    });
  });

  it('takes a street that is told apart before an address that is a text', () => {
    const street = '1 Main Street';
    expect(mapped({ address: `${street}, Springfield`, street })).toEqual({ Street: street });
    expect(mapped({ street, address: `${street}, Springfield` })).toEqual({ Street: street });
  });

  it('gives a custom trait its __c, once, and keeps its case', () => {
    expect(mapped({ newProp: 1, other__c: 2, Third__C: 3 })).toEqual({
      newProp__c: 1,
      other__c: 2,
      Third__C: 3,
    });
  });

  it('drops null and keeps what is false, nought or empty', () => {
    expect(mapped({ a: null, b: false, c: 0, d: '', phone: null, title: '' })).toEqual({
      b__c: false,
      c__c: 0,
      d__c: '',
      Title: '',
    });
  });

  it('takes a field’s own name for the field', () => {
    expect(mapped({ FirstName: 'Ann', LeadSource: 'Web' })).toEqual({ FirstName: 'Ann', LeadSource: 'Web' });
  });

  it('sends traits as they are where mapping is off', () => {
    expect(mapped({ newProp: 1, city: 'Ghent', name: 'Ann Bea', gone: null }, plain)).toEqual({
      newProp: 1,
      city: 'Ghent',
      name: 'Ann Bea',
    });
  });

  it('never takes an opt-out back', () => {
    expect(mapped({ HasOptedOutOfEmail: false })).toEqual({});
    expect(mapped({ HasOptedOutOfEmail: false }, plain)).toEqual({});
    expect(mapped({ HasOptedOutOfEmail: true }, plain)).toEqual({ HasOptedOutOfEmail: true });
  });

  it('tells of an opt-out that it does not take back', () => {
    const leftOut = { hasOptedOutOfEmail: 'undoes-opt-out' };
    const traits = { email: EMAIL, hasOptedOutOfEmail: false };
    const [person] = transform({ traits });
    if (person?.kind !== 'person') throw new Error('Not a person.');
    expect(personWrite(settingsSchema.parse({}), person, null)).toMatchObject({ leftOut });
    const externalId = [{ type: 'Salesforce-Contact', id: '0031', identifierType: 'Id' }];
    expect(writeOf(transform({ traits, context: { externalId } })[0])).toMatchObject({ leftOut });
    const upstream = { externalId, mappedToDestination: true };
    expect(writeOf(transform({ traits, context: upstream })[0])).toMatchObject({ leftOut });
    expect(writeOf(transform({ traits: { email: EMAIL }, context: { externalId } })[0]).leftOut).toBe(
      undefined,
    );
  });

  it('is not misled by traits that are named like JavaScript’s own', () => {
    const traits = JSON.parse(
      '{"email":"a@example.com","__proto__":{"Company":"x"},"constructor":"c"}',
    ) as object;
    expect(mapped(traits)).toEqual({ constructor__c: 'c' });
    expect(Object.keys(mapped(traits, plain))).toEqual(['constructor']);
  });
});

describe('a name', () => {
  it.each([
    ['Alex Keener', {}, { FirstName: 'Alex', LastName: 'Keener' }],
    ['Ann Mary Bea', {}, { FirstName: 'Ann Mary', LastName: 'Bea' }],
    ['  Ann   Bea ', {}, { FirstName: 'Ann', LastName: 'Bea' }],
    ['Madonna', {}, { LastName: 'Madonna' }],
    ['', {}, {}],
    ['Ann Bea', { firstName: 'Ann' }, { FirstName: 'Ann', LastName: 'Bea' }],
    ['Ann van der Berg', { firstName: 'Ann' }, { FirstName: 'Ann', LastName: 'van der Berg' }],
    ['Ann van der Berg', { lastName: 'van der Berg' }, { FirstName: 'Ann', LastName: 'van der Berg' }],
    ['Ann Bea', { firstName: 'Anna', lastName: 'Bee' }, { FirstName: 'Anna', LastName: 'Bee' }],
    ['Ann', { firstName: 'Ann' }, { FirstName: 'Ann' }],
  ])('%j beside %j is %j', (name, known, fields) => {
    expect(mapped({ name, ...known })).toEqual(fields);
  });
});

describe('an event', () => {
  it('has its traits beside its other members, or in its context', () => {
    const [inContext] = transform({ context: { traits: { email: EMAIL, city: 'Ghent' } } });
    expect(inContext).toMatchObject({ kind: 'person', values: { City: 'Ghent' } });
    const [both] = transform({
      traits: { city: 'Bruges' },
      context: { traits: { email: EMAIL, city: 'Ghent' } },
    });
    expect(both).toMatchObject({ kind: 'person', email: EMAIL, values: { City: 'Bruges' } });
  });

  it.each([
    [{ userId: 'u' }, 'no-traits'],
    [{ traits: { city: 'Ghent' } }, 'no-email'],
    [{ traits: { email: '  ' } }, 'no-email'],
    [{ traits: { email: 5 } }, 'no-email'],
    ['text', 'invalid-event'],
  ])('%j is refused as %s', (event, code) => {
    expect(transform(event)).toMatchObject([{ kind: 'refused', code }]);
  });

  it('with n/a gives it to a new lead only, where nothing is known', () => {
    const [intent] = transform({ traits: { email: EMAIL } });
    if (intent?.kind !== 'person') throw new Error('Not a person.');
    const created = personWrite(settingsSchema.parse({}), intent, null);
    expect(created).toMatchObject({
      object: 'Lead',
      operation: 'create',
      whenCreating: { LastName: 'n/a', Company: 'n/a' },
      values: { Email: EMAIL },
    });
    const updated = personWrite(settingsSchema.parse({}), intent, { object: 'Lead', id: '00Q1' });
    expect(updated).toMatchObject({ operation: 'update', values: { Email: EMAIL } });
  });

  it('for a contact puts the address where a contact has it', () => {
    const [intent] = transform({ traits: { email: EMAIL, city: 'Ghent', company: 'Acme', plan: 'pro' } });
    if (intent?.kind !== 'person') throw new Error('Not a person.');
    const write = personWrite(settingsSchema.parse({}), intent, { object: 'Contact', id: '0031' });
    expect(write.values).toEqual({ Email: EMAIL, MailingCity: 'Ghent', Company: 'Acme', plan__c: 'pro' });
  });

  it.each([
    ['1984-02-29', { Birthdate: '1984-02-29' }],
    ['1984-02-29T00:00:00.000Z', { Birthdate: '1984-02-29T00:00:00.000Z' }],
    ['in spring', {}],
    [19840229, {}],
  ])('for a contact takes the birthday %j where it is a day', (birthday, fields) => {
    const [intent] = transform({ traits: { email: EMAIL, birthday } });
    if (intent?.kind !== 'person') throw new Error('Not a person.');
    const write = personWrite(settingsSchema.parse({}), intent, { object: 'Contact', id: '0031' });
    expect(write.values).toEqual({ Email: EMAIL, birthday__c: birthday, ...fields });
  });
});

describe('an externalId', () => {
  const event = (...externalId: object[]) => ({
    traits: { FirstName: 'John', LastName: 'Gibbs', Email: 'john@peterson.com' },
    context: { externalId },
  });

  it('with an id updates that record of that object with the traits as they are', () => {
    const [intent] = transform(event({ type: 'Salesforce-Contact', id: 'sf-contact-id' }));
    expect(writeOf(intent)).toMatchObject({
      object: 'Contact',
      operation: 'update',
      match: { by: 'id', id: 'sf-contact-id' },
      values: { FirstName: 'John', LastName: 'Gibbs', Email: 'john@peterson.com' },
    });
    expect(writeOf(intent).whenCreating).toBeUndefined();
  });

  it('without an id creates a record of that object', () => {
    expect(writeOf(transform(event({ type: 'Salesforce-Invoice__c' }))[0])).toMatchObject({
      object: 'Invoice__c',
      operation: 'create',
      match: { by: 'nothing' },
    });
  });

  it('for several objects asks for a write of each', () => {
    const intents = transform(
      event(
        { type: 'Salesforce-Contact', id: '0031' },
        { type: 'Salesforce-Account' },
        { type: 'HubSpot', id: '1' },
      ),
    );
    expect(intents.map((intent) => writeOf(intent).object)).toEqual(['Contact', 'Account']);
  });

  it('of another system leaves the person to be looked up', () => {
    const [intent] = transform({
      traits: { email: EMAIL },
      context: { externalId: [{ type: 'HubSpot', id: '1' }] },
    });
    expect(intent).toMatchObject({ kind: 'person' });
  });

  it('of a lead has its traits mapped', () => {
    const [intent] = transform({
      traits: { email: EMAIL, city: 'Ghent', plan: 'pro' },
      context: { externalId: [{ type: 'Salesforce-Lead' }] },
    });
    expect(writeOf(intent)).toMatchObject({
      object: 'Lead',
      operation: 'create',
      values: { Email: EMAIL, City: 'Ghent', plan__c: 'pro' },
      whenCreating: { LastName: 'n/a', Company: 'n/a' },
    });
  });
});

describe('an event mapped upstream', () => {
  const event = (externalId: object, traits: object = { Name: 'Acme' }) => ({
    traits,
    context: { mappedToDestination: true, externalId: [externalId] },
  });

  it('updates by id', () => {
    const [intent] = transform(event({ type: 'Salesforce-account', id: '0011', identifierType: 'Id' }));
    expect(writeOf(intent)).toMatchObject({
      object: 'account',
      operation: 'update',
      match: { by: 'id', id: '0011' },
    });
  });

  it('is looked up by its identifier, and created with it', () => {
    const [intent] = transform(event({ type: 'Salesforce-Account', id: 'A-1', identifierType: 'Ext__c' }));
    expect(writeOf(intent)).toMatchObject({
      operation: 'upsert',
      match: { by: 'fields', matchers: [{ field: 'Ext__c', value: 'A-1' }] },
      values: { Name: 'Acme' },
    });
  });

  it.each([
    ['SALESFORCE-CUSTOMOBJECT', 'CUSTOMOBJECT'],
    ['SALESFORCE_OAUTH-CUSTOMOBJECT', 'CUSTOMOBJECT'],
    ['SALESFORCE_OAUTH_SANDBOX-custom_object__c', 'custom_object__c'],
    ['salesforce_Contact', 'Contact'],
    ['Salesforce_OAuth_Token__c', 'OAuth_Token__c'],
  ])('of the type %s is a record of %s', (type, object) => {
    const [intent] = transform(event({ type, id: 'A-1', identifierType: 'Ext__c' }));
    expect(writeOf(intent).object).toBe(object);
  });

  it.each([
    [{ type: 'Salesforce-Account', id: 'A-1' }],
    [{ type: 'Salesforce-Account', identifierType: 'Ext__c' }],
    [{ type: 'HubSpot-Account', id: 'A-1', identifierType: 'Ext__c' }],
    [{ id: 'A-1', identifierType: 'Ext__c' }],
  ])('with %j says what is missing', (externalId) => {
    expect(transform(event(externalId))).toMatchObject([{ kind: 'refused', code: 'invalid-external-id' }]);
  });
});
