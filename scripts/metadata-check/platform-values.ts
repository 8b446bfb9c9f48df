/** Fields that every custom object has. */
export const STANDARD_FIELDS: ReadonlySet<string> = new Set([
  'Id',
  'Name',
  'OwnerId',
  'CreatedById',
  'CreatedDate',
  'LastModifiedById',
  'LastModifiedDate',
  'SystemModstamp',
  'CurrencyIsoCode',
  'RecordTypeId',
]);

/** What list views of custom objects call these fields. */
export const LIST_VIEW_COLUMNS: ReadonlySet<string> = new Set([
  'NAME',
  'OWNER.ALIAS',
  'OWNER.FIRST_NAME',
  'OWNER.LAST_NAME',
  'CREATEDBY_USER',
  'CREATEDBY_USER.ALIAS',
  'CREATED_DATE',
  'LAST_UPDATE',
  'UPDATEDBY_USER',
  'UPDATEDBY_USER.ALIAS',
  'LAST_ACTIVITY',
  'OBJECT_ID',
  'RECORDTYPE',
]);

interface PageType {
  /** The target that a web component needs to stand on such a page. */
  readonly target: string;
  /** Templates and their regions; a region that a template does not have is refused. */
  readonly templates: Readonly<Record<string, readonly string[]>>;
}

/** Lightning pages that a package of ours may hold (Metadata API Developer Guide: FlexiPage). */
export const PAGE_TYPES: Readonly<Record<string, PageType>> = {
  AppPage: {
    target: 'lightning__AppPage',
    templates: { 'flexipage:defaultAppHomeTemplate': ['main'] },
  },
  HomePage: {
    target: 'lightning__HomePage',
    templates: { 'home:desktopTemplate': ['top', 'bottomLeft', 'bottomRight', 'sidebar'] },
  },
  RecordPage: {
    target: 'lightning__RecordPage',
    templates: {
      'flexipage:recordHomeTemplateDesktop': ['header', 'main', 'sidebar'],
      'flexipage:recordHomeSingleColNoHeaderTemplateDesktop': ['main'],
    },
  },
  UtilityBar: {
    target: 'lightning__UtilityBar',
    templates: { 'one:utilityBarTemplateDesktop': ['utilityItems', 'backgroundComponents'] },
  },
};

/** Where a web component may be put (Lightning Web Components Developer Guide: XML Configuration File Elements). */
export const COMPONENT_TARGETS: ReadonlySet<string> = new Set([
  'lightning__AppPage',
  'lightning__HomePage',
  'lightning__RecordPage',
  'lightning__RecordAction',
  'lightning__GlobalAction',
  'lightning__UtilityBar',
  'lightning__Tab',
  'lightning__UrlAddressable',
  'lightning__FlowScreen',
  'lightning__FlowAction',
  'lightning__Inbox',
  'lightning__EnablementProgram',
  'lightningCommunity__Page',
  'lightningCommunity__Page_Layout',
  'lightningCommunity__Theme_Layout',
  'lightningCommunity__Default',
  'lightningSnapin__ChatHeader',
  'lightningSnapin__ChatMessage',
  'lightningSnapin__Minimized',
  'lightningSnapin__PreChat',
  'lightningStatic__Email',
  'analytics__Dashboard',
]);

/** Classes of the platform that came when orgs had classes already, some of them of the same name. */
export const LATER_CLASSES: ReadonlySet<string> = new Set([
  'AccessLevel',
  'Assert',
  'AsyncInfo',
  'AsyncOptions',
  'Callable',
  'CompressionMethod',
  'DuplicateMessageException',
  'Finalizer',
  'FinalizerContext',
  'FormulaEval',
  'OrgLimit',
  'OrgLimits',
  'ParentJobResult',
  'QueueableDuplicateSignature',
  'SObjectAccessDecision',
  'TriggerOperation',
  'UUID',
]);

/** Events of triggers (Apex Developer Guide: Trigger Syntax). */
export const TRIGGER_EVENTS: readonly string[] = [
  ...['before insert', 'before update', 'before delete'],
  ...['after insert', 'after update', 'after delete', 'after undelete'],
];

/** Standard objects of which the platform does not fire every event (Object Reference: supported calls). */
export const NOT_FIRED: Readonly<Record<string, readonly string[]>> = {
  CampaignMember: ['after undelete'],
  User: ['before delete', 'after delete', 'after undelete'],
};

/** Standard objects that people look for triggers of in vain. */
export const NO_TRIGGERS: ReadonlySet<string> = new Set([
  ...[
    'Group',
    'GroupMember',
    'PermissionSet',
    'PermissionSetAssignment',
    'Profile',
    'RecordType',
    'UserRole',
  ],
  ...['CampaignMemberStatus', 'OpportunityHistory', 'Organization', 'Territory2'],
]);
