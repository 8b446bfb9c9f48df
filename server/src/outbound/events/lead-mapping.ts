/** Traits whose value goes to one standard field of a lead. */
export const STANDARD: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  city: 'City',
  country: 'Country',
  countryCode: 'CountryCode',
  convertedAccountId: 'ConvertedAccountId',
  convertedContactId: 'ConvertedContactId',
  convertedDate: 'ConvertedDate',
  convertedOpportunityId: 'ConvertedOpportunityId',
  createdById: 'CreatedById',
  createdAt: 'CreatedDate',
  createddate: 'CreatedDate',
  description: 'Description',
  email: 'Email',
  emailBouncedDate: 'EmailBouncedDate',
  emailBouncedReason: 'EmailBouncedReason',
  firstName: 'FirstName',
  geocodeAccuracy: 'GeocodeAccuracy',
  individualId: 'IndividualId',
  isConverted: 'IsConverted',
  isDeleted: 'IsDeleted',
  isUnreadByOwner: 'IsUnreadByOwner',
  jigsaw: 'Jigsaw',
  jigsawContactId: 'JigsawContactId',
  lastActivityDate: 'LastActivityDate',
  lastModifiedById: 'LastModifiedById',
  lastModifiedDate: 'LastModifiedDate',
  lastName: 'LastName',
  lastReferencedDate: 'LastReferencedDate',
  lastViewedDate: 'LastViewedDate',
  latitude: 'Latitude',
  LeadSource: 'LeadSource',
  leadSource: 'LeadSource',
  longitude: 'Longitude',
  masterRecordId: 'MasterRecordId',
  ownerId: 'OwnerId',
  phone: 'Phone',
  photoUrl: 'PhotoUrl',
  postalCode: 'PostalCode',
  rating: 'Rating',
  salutation: 'Salutation',
  state: 'State',
  stateCode: 'StateCode',
  status: 'Status',
  street: 'Street',
  systemModstamp: 'SystemModstamp',
  title: 'Title',
  website: 'Website',
};

/** Members of `address`; they go before traits of the same name. */
export const ADDRESS: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  city: 'City',
  country: 'Country',
  countryCode: 'CountryCode',
  latitude: 'Latitude',
  longitude: 'Longitude',
  postalCode: 'PostalCode',
  state: 'State',
  stateCode: 'StateCode',
  street: 'Street',
};

/** Members of `company`. */
export const COMPANY: Readonly<Record<string, string>> = {
  name: 'Company',
  annualRevenue: 'AnnualRevenue',
  companyDunsNumber: 'CompanyDunsNumber',
  industry: 'Industry',
  employee_count: 'NumberOfEmployees',
};

/** Where a contact keeps what a lead keeps under another name. */
const OF_CONTACT: Readonly<Record<string, string>> = {
  City: 'MailingCity',
  Country: 'MailingCountry',
  CountryCode: 'MailingCountryCode',
  GeocodeAccuracy: 'MailingGeocodeAccuracy',
  Latitude: 'MailingLatitude',
  Longitude: 'MailingLongitude',
  PostalCode: 'MailingPostalCode',
  State: 'MailingState',
  StateCode: 'MailingStateCode',
  Street: 'MailingStreet',
};

/** Traits that analytics libraries send of everybody; few orgs have a field for them, or objects one of their kind. */
const COMMON = [
  'address',
  'age',
  'anonymousId',
  'avatar',
  'birthday',
  'createdAt',
  'gender',
  'userId',
  'username',
];

/**
 * Fields, in lower case, that an org may lack without the event being wrong: standard ones that depend on its edition and
 * settings, or that a contact does not have, and traits that come by themselves.
 */
export const OPTIONAL: ReadonlySet<string> = new Set(
  [
    ...Object.values(STANDARD),
    ...Object.values(COMPANY),
    ...Object.values(OF_CONTACT),
    // Traits that are sent as they are keep their names.
    ...COMMON.flatMap((trait) => [trait, `${trait}__c`]),
  ].map((name) => name.toLowerCase()),
);

/** A lead's values under the names that a contact has for them. A contact has a birthday, which a lead has not. */
export function contactValues(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { birthday__c: birthday } = values;
  const isDay = typeof birthday === 'string' && /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(birthday);
  const named = Object.entries(values).map(([name, value]) => [OF_CONTACT[name] ?? name, value] as const);
  return { ...(isDay ? { Birthdate: birthday } : {}), ...Object.fromEntries(named) };
}
