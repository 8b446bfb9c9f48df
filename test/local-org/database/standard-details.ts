/** What the extracted standard objects do not say: key prefixes, required fields, lengths, picklists. */
export interface StandardDetails {
  readonly prefix: string;
  readonly required?: readonly string[];
  readonly label?: string;
  readonly plural?: string;
  readonly picklists?: Readonly<Record<string, readonly string[]>>;
  readonly restricted?: readonly string[];
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly nameFields?: readonly string[];
}

const STAGES = [
  'Prospecting',
  'Qualification',
  'Needs Analysis',
  'Value Proposition',
  'Negotiation/Review',
  'Closed Won',
  'Closed Lost',
];
const SOURCES = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other'];
const SALUTATIONS = ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.'];

export const STANDARD_DETAILS: Readonly<Record<string, StandardDetails>> = {
  Account: {
    prefix: '001',
    required: ['Name'],
    picklists: {
      Type: ['Prospect', 'Customer - Direct', 'Customer - Channel', 'Other'],
      Industry: ['Agriculture', 'Banking', 'Technology', 'Other'],
    },
  },
  Contact: {
    prefix: '003',
    required: ['LastName'],
    nameFields: ['FirstName', 'LastName'],
    picklists: { LeadSource: SOURCES, Salutation: SALUTATIONS },
  },
  Lead: {
    prefix: '00Q',
    required: ['LastName', 'Company'],
    nameFields: ['FirstName', 'LastName'],
    picklists: {
      LeadSource: SOURCES,
      Salutation: SALUTATIONS,
      Status: ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'],
      Rating: ['Hot', 'Warm', 'Cold'],
    },
    defaults: { Status: 'Open - Not Contacted' },
  },
  Opportunity: {
    prefix: '006',
    required: ['Name', 'StageName', 'CloseDate'],
    plural: 'Opportunities',
    picklists: { StageName: STAGES, LeadSource: SOURCES },
  },
  Case: {
    prefix: '500',
    picklists: {
      Status: ['New', 'Working', 'Escalated', 'Closed'],
      Origin: ['Phone', 'Email', 'Web'],
      Priority: ['High', 'Medium', 'Low'],
    },
    defaults: { Status: 'New', Priority: 'Medium' },
  },
  Campaign: {
    prefix: '701',
    required: ['Name'],
    picklists: {
      Status: ['Planned', 'In Progress', 'Completed', 'Aborted'],
      Type: ['Email', 'Webinar', 'Conference', 'Other'],
    },
    defaults: { Status: 'Planned' },
  },
  CampaignMember: {
    prefix: '00v',
    required: ['CampaignId'],
    picklists: { Status: ['Sent', 'Responded'] },
    defaults: { Status: 'Sent' },
  },
  User: {
    prefix: '005',
    required: [
      'LastName',
      'Username',
      'Alias',
      'Email',
      'ProfileId',
      'TimeZoneSidKey',
      'LocaleSidKey',
      'EmailEncodingKey',
      'LanguageLocaleKey',
    ],
    nameFields: ['FirstName', 'LastName'],
    defaults: { IsActive: true, UserType: 'Standard' },
  },
  Task: {
    prefix: '00T',
    picklists: { Status: ['Not Started', 'In Progress', 'Completed'], Priority: ['High', 'Normal', 'Low'] },
    defaults: { Status: 'Not Started', Priority: 'Normal' },
  },
  Event: { prefix: '00U' },
  Group: { prefix: '00G', required: ['Name'], defaults: { Type: 'Regular' } },
  GroupMember: { prefix: '011' },
  Profile: { prefix: '00e', required: ['Name'] },
  PermissionSet: { prefix: '0PS', required: ['Name', 'Label'] },
  PermissionSetAssignment: { prefix: '0Pa', required: ['AssigneeId'] },
  SetupEntityAccess: { prefix: '0J0' },
  CustomPermission: { prefix: '0CP', required: ['DeveloperName', 'MasterLabel'] },
  UserRole: { prefix: '00E', required: ['Name'] },
  Organization: { prefix: '00D' },
  RecordType: { prefix: '012' },
  AsyncApexJob: { prefix: '707' },
  CronTrigger: { prefix: '08e' },
  CronJobDetail: { prefix: '08a' },
  ApexClass: { prefix: '01p' },
  ApexTrigger: { prefix: '01q' },
  Product2: { prefix: '01t', required: ['Name'], label: 'Product', plural: 'Products' },
  Pricebook2: { prefix: '01s', required: ['Name'] },
  PricebookEntry: { prefix: '01u' },
  OpportunityLineItem: { prefix: '00k', required: ['OpportunityId'] },
  Contract: { prefix: '800', required: ['AccountId'] },
  Order: { prefix: '801', required: ['AccountId', 'EffectiveDate', 'Status'] },
  Asset: { prefix: '02i', required: ['Name'] },
  Individual: { prefix: '0PK', required: ['LastName'], nameFields: ['FirstName', 'LastName'] },
  OpportunityContactRole: { prefix: '00K' },
  AccountContactRelation: { prefix: '07k' },
  ContentVersion: { prefix: '068', required: ['PathOnClient', 'VersionData'] },
  ContentDocument: { prefix: '069' },
  ContentDocumentLink: { prefix: '06A' },
  Attachment: { prefix: '00P', required: ['Name', 'Body', 'ParentId'] },
  Document: { prefix: '015' },
  Folder: { prefix: '00l' },
  StaticResource: { prefix: '081' },
  EmailTemplate: { prefix: '00X' },
  EmailMessage: { prefix: '02s' },
  Note: { prefix: '002' },
  QuickText: {
    prefix: '574',
    required: ['Name', 'Message'],
    picklists: { Channel: ['Email', 'Phone', 'Messaging'] },
  },
  CustomNotificationType: { prefix: '0ML' },
};

/** Characters, by field name, wherever it stands. */
export const LENGTHS: Readonly<Record<string, number>> = {
  FirstName: 40,
  LastName: 80,
  MiddleName: 40,
  Suffix: 40,
  Salutation: 40,
  Title: 128,
  Email: 80,
  Phone: 40,
  MobilePhone: 40,
  HomePhone: 40,
  Fax: 40,
  OtherPhone: 40,
  AssistantPhone: 40,
  Company: 255,
  Department: 80,
  AccountNumber: 40,
  MailingCity: 40,
  OtherCity: 40,
  BillingCity: 40,
  ShippingCity: 40,
  City: 40,
  Country: 80,
  MailingCountry: 80,
  State: 80,
  MailingState: 80,
  PostalCode: 20,
  MailingPostalCode: 20,
  Alias: 8,
  Username: 80,
  CommunityNickname: 40,
  Subject: 255,
  Website: 255,
  Site: 80,
  StageName: 255,
  ProfileId: 18,
};

export const LONG_TEXTS = new Set([
  'Description',
  'Street',
  'MailingStreet',
  'OtherStreet',
  'BillingStreet',
  'ShippingStreet',
  'Comments',
  'Body',
  'Metadata',
]);

/** Fields that only the platform writes. */
export const SYSTEM_FIELDS = new Set([
  'id',
  'isdeleted',
  'createddate',
  'createdbyid',
  'lastmodifieddate',
  'lastmodifiedbyid',
  'systemmodstamp',
  'lastvieweddate',
  'lastreferenceddate',
  'lastactivitydate',
  'masterrecordid',
]);

/** Fields that the platform alone writes, whatever the object. */
export const READ_ONLY_FIELDS = new Set([
  'convertedaccountid',
  'convertedcontactid',
  'converteddate',
  'convertedopportunityid',
  'isconverted',
  'isemailbounced',
  'ispersonaccount',
  'jigsawcompanyid',
  'jigsawcontactid',
  'lastcurequestdate',
  'lastcuupdatedate',
  'lasttransferdate',
  'personcontactid',
  'photourl',
]);

/** Labels that are not the name with spaces. */
export const LABELS: Readonly<Record<string, string>> = {
  HasOptedOutOfEmail: 'Email Opt Out',
  HasOptedOutOfFax: 'Fax Opt Out',
  StageName: 'Stage',
};
