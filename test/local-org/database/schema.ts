import type { TypeRef } from '../values/type-ref.ts';

/** What an org knows of its objects, fields, labels and permissions. Every look-up by name ignores case. */
export interface OrgSchema {
  readonly objects: ReadonlyMap<string, ObjectSchema>;
  object(name: string): ObjectSchema | undefined;
  /** Custom labels: name to text. */
  label(name: string): string | undefined;
  readonly customPermissions: ReadonlySet<string>;
  readonly permissionSets: ReadonlyMap<string, PermissionSetSchema>;
  /** What an object has in its metadata beside fields. */
  fieldSets(object: string): readonly FieldSetSchema[];
  recordTypes(object: string): readonly RecordTypeSchema[];
  validationRules(object: string): readonly ValidationRuleSchema[];
  rollUps(object: string): readonly RollUpSchema[];
  readonly customMetadata: readonly CustomMetadataRecord[];
  readonly staticResources: readonly StaticResourceSchema[];
  /** Names of Visualforce pages, lower case. */
  readonly pages: ReadonlySet<string>;
}

export interface FieldSetSchema {
  readonly name: string;
  readonly label: string;
  readonly description: string | null;
  readonly members: readonly { readonly path: string; readonly isRequired: boolean }[];
}

export interface RecordTypeSchema {
  readonly developerName: string;
  readonly label: string;
  readonly description: string | null;
  readonly active: boolean;
}

export interface ValidationRuleSchema {
  readonly name: string;
  /** A formula: where it is true the record is refused. */
  readonly condition: string;
  readonly message: string;
  /** The field the message stands at, or null for the page. */
  readonly field: string | null;
}

/** A roll-up summary field of a master: what it works out of which children. */
export interface RollUpSchema {
  readonly field: string;
  readonly operation: 'count' | 'sum' | 'min' | 'max';
  readonly childObject: string;
  /** The child's master-detail field. */
  readonly foreignKey: string;
  readonly summarized: string | null;
  readonly filters: readonly { readonly field: string; readonly operation: string; readonly value: string }[];
}

/** A record of a custom metadata type, values as the file has them. */
export interface CustomMetadataRecord {
  readonly object: string;
  readonly developerName: string;
  readonly label: string;
  readonly isProtected: boolean;
  readonly values: ReadonlyMap<string, string | null>;
}

export interface StaticResourceSchema {
  readonly name: string;
  readonly contentType: string;
  readonly body: Buffer;
}

export type ObjectKind = 'standard' | 'custom' | 'event' | 'setting' | 'metadataType';

export interface ObjectSchema {
  /** The API name as written by the platform: `Contact`, `DI_Outbox__c`. */
  readonly name: string;
  readonly label: string;
  readonly pluralLabel: string;
  /** The first three characters of its records' Ids; null where they have none. */
  readonly keyPrefix: string | null;
  readonly kind: ObjectKind;
  /** For a custom setting. */
  readonly settingType: 'List' | 'Hierarchy' | null;
  /** For a platform event. */
  readonly publishBehavior: 'PublishAfterCommit' | 'PublishImmediately' | null;
  /** By lower-case name. */
  readonly fields: ReadonlyMap<string, FieldSchema>;
  /** By lower-case relationship name: `account` → AccountId on Contact. */
  readonly parents: ReadonlyMap<string, ParentRelationship>;
  /** By lower-case relationship name: `contacts` on Account. */
  readonly children: ReadonlyMap<string, ChildRelationship>;
}

/** Names as Schema.DisplayType has them, lower case. */
export type FieldType =
  | 'address'
  | 'anytype'
  | 'base64'
  | 'boolean'
  | 'combobox'
  | 'currency'
  | 'date'
  | 'datetime'
  | 'double'
  | 'email'
  | 'encryptedstring'
  | 'id'
  | 'integer'
  | 'location'
  | 'long'
  | 'multipicklist'
  | 'percent'
  | 'phone'
  | 'picklist'
  | 'reference'
  | 'string'
  | 'textarea'
  | 'time'
  | 'url';

export interface FieldSchema {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** What Apex declares the field as: `String`, `Decimal`, `Id` … */
  readonly apexType: TypeRef;
  /** Characters; 0 where it has no meaning. */
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly nillable: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly filterable: boolean;
  readonly sortable: boolean;
  readonly calculated: boolean;
  readonly autoNumber: boolean;
  readonly externalId: boolean;
  readonly unique: boolean;
  readonly caseSensitive: boolean;
  readonly custom: boolean;
  readonly defaultValue: unknown;
  /** A default that is worked out when a record is made. */
  readonly defaultFormula: string | null;
  readonly formula: string | null;
  readonly picklist: readonly {
    readonly value: string;
    readonly label: string;
    readonly isDefault: boolean;
    readonly active: boolean;
  }[];
  readonly restrictedPicklist: boolean;
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  readonly masterDetail: boolean;
  readonly deleteConstraint: 'Cascade' | 'Restrict' | 'SetNull' | null;
}

export interface ParentRelationship {
  readonly field: FieldSchema;
  readonly targets: readonly string[];
}

export interface ChildRelationship {
  readonly name: string;
  readonly childObject: string;
  readonly field: string;
  readonly cascadeDelete: boolean;
}

export interface PermissionSetSchema {
  readonly name: string;
  readonly label: string;
  readonly customPermissions: ReadonlySet<string>;
  readonly classAccess: ReadonlySet<string>;
  readonly objectPermissions: readonly {
    readonly object: string;
    readonly read: boolean;
    readonly create: boolean;
    readonly edit: boolean;
    readonly delete: boolean;
  }[];
  readonly fieldPermissions: readonly {
    readonly field: string;
    readonly read: boolean;
    readonly edit: boolean;
  }[];
}

/** What a field is unless it says otherwise. */
export const PLAIN_FIELD = {
  precision: 0,
  scale: 0,
  nillable: true,
  createable: true,
  updateable: true,
  filterable: true,
  sortable: true,
  calculated: false,
  autoNumber: false,
  externalId: false,
  unique: false,
  caseSensitive: false,
  custom: false,
  defaultValue: null,
  defaultFormula: null,
  formula: null,
  picklist: [],
  restrictedPicklist: false,
  referenceTo: [],
  relationshipName: null,
  masterDetail: false,
  deleteConstraint: null,
} as const;
