import { customField, picklistValues, rollUpOf } from './custom-fields.ts';
import { formulaProblem } from './formulas.ts';
import { componentName, list, MetadataError, text, type Xml } from './metadata-xml.ts';
import type {
  ChildRelationship,
  FieldSchema,
  FieldSetSchema,
  ObjectSchema,
  OrgSchema,
  PermissionSetSchema,
  RecordTypeSchema,
  RollUpSchema,
  ValidationRuleSchema,
} from './schema.ts';
import { currencyField, hasField, USUAL_FEATURES, type OrgFeatures } from './org-features.ts';
import { permissionSetOf } from './permission-set-xml.ts';
import { addCoordinates, addParent, append, kindOf, type MutableObject } from './schema-parts.ts';
import { shareObject } from './shares.ts';
import { SourceMetadata } from './source-metadata.ts';
import { standardObject } from './standard-schema.ts';
import { system, systemFields } from './system-fields.ts';

/** The schema of one org. Standard objects are read when they are first asked for. */
export class LoadedSchema extends SourceMetadata implements OrgSchema {
  readonly objects = new Map<string, MutableObject>();
  readonly permissionSets = new Map<string, PermissionSetSchema>();
  /** Who sees the records of an object that the source says it of: `Private`, `Read`, `ReadWrite`. */
  readonly #sharingModels = new Map<string, string>();
  readonly #missing = new Set<string>();
  readonly #valueSets = new Map<string, FieldSchema['picklist']>();
  readonly #fieldSets = new Map<string, FieldSetSchema[]>();
  readonly #recordTypes = new Map<string, RecordTypeSchema[]>();
  readonly #validationRules = new Map<string, ValidationRuleSchema[]>();
  readonly #rollUps = new Map<string, RollUpSchema[]>();

  readonly features: OrgFeatures;
  /** What is done with metadata that is not understood. */
  readonly problem: (error: MetadataError) => void;

  constructor(
    features: OrgFeatures = USUAL_FEATURES,
    problem = (error: MetadataError): void => {
      throw error;
    },
  ) {
    super();
    this.features = features;
    this.problem = problem;
  }

  object(name: string): MutableObject | undefined {
    const key = name.toLowerCase();
    const known = this.objects.get(key);
    if (known || this.#missing.has(key)) return known;
    const standard = standardObject(name) ?? shareObject(this, name);
    if (!standard) {
      this.#missing.add(key);
      return undefined;
    }
    const mutable: MutableObject = {
      ...standard,
      fields: new Map(
        [...standard.fields].filter(([field]) => hasField(this.features, standard.name, field)),
      ),
      parents: new Map(standard.parents),
      children: new Map(standard.children),
    };
    this.objects.set(key, mutable);
    return mutable;
  }

  /** What those who do not own a record of the object may do with it; activities are private in a new org. */
  sharingModel(object: string): 'Private' | 'Read' | 'ReadWrite' {
    const key = object.toLowerCase();
    const model = this.#sharingModels.get(key) ?? (key === 'task' || key === 'event' ? 'Private' : '');
    return model === 'Private' || model === 'Read' ? model : 'ReadWrite';
  }

  objectByPrefix(prefix: string): ObjectSchema | undefined {
    for (const object of this.objects.values()) if (object.keyPrefix === prefix) return object;
    return undefined;
  }

  fieldSets(object: string): readonly FieldSetSchema[] {
    return this.#fieldSets.get(object.toLowerCase()) ?? [];
  }

  recordTypes(object: string): readonly RecordTypeSchema[] {
    return this.#recordTypes.get(object.toLowerCase()) ?? [];
  }

  validationRules(object: string): readonly ValidationRuleSchema[] {
    return this.#validationRules.get(object.toLowerCase()) ?? [];
  }

  rollUps(object: string): readonly RollUpSchema[] {
    return this.#rollUps.get(object.toLowerCase()) ?? [];
  }

  addValueSet(name: string, xml: Xml): void {
    this.#valueSets.set(name.toLowerCase(), picklistValues(list(xml, 'customValue')));
  }

  addFieldSet(object: string, xml: Xml): void {
    append(this.#fieldSets, object, {
      name: text(xml, 'fullName') ?? '',
      label: text(xml, 'label') ?? '',
      description: text(xml, 'description'),
      members: list(xml, 'displayedFields').map((each) => ({
        path: text(each, 'field') ?? '',
        isRequired: text(each, 'isRequired') === 'true',
      })),
    });
  }

  addRecordType(objectName: string, xml: Xml): void {
    append(this.#recordTypes, objectName, {
      developerName: text(xml, 'fullName') ?? '',
      label: text(xml, 'label') ?? text(xml, 'fullName') ?? '',
      description: text(xml, 'description'),
      active: text(xml, 'active') !== 'false',
    });
    const object = this.object(objectName);
    if (!object || object.fields.has('recordtypeid')) return;
    const field = system('RecordTypeId', 'reference', 'Id', {
      createable: true,
      referenceTo: ['RecordType'],
      relationshipName: 'RecordType',
    });
    object.fields.set('recordtypeid', field);
    addParent(object, field);
  }

  addValidationRule(file: string, object: string, xml: Xml): void {
    if (text(xml, 'active') !== 'true') return;
    const problem = formulaProblem(text(xml, 'errorConditionFormula') ?? '');
    if (problem !== null)
      this.problem(new MetadataError(file, `${text(xml, 'fullName') ?? ''}: ${problem}`, true));
    append(this.#validationRules, object, {
      name: text(xml, 'fullName') ?? '',
      condition: text(xml, 'errorConditionFormula') ?? '',
      message: text(xml, 'errorMessage') ?? '',
      field: text(xml, 'errorDisplayField'),
    });
  }

  addPermissionSet(name: string, xml: Xml): void {
    this.permissionSets.set(name.toLowerCase(), permissionSetOf(name, xml));
  }

  /** An object that a deployment made and took back. */
  removeObject(name: string): void {
    this.objects.delete(name.toLowerCase());
    this.#missing.add(name.toLowerCase());
  }

  addObject(file: string, xml: Xml, name = componentName(file)): void {
    const sharing = text(xml, 'sharingModel');
    if (sharing !== null) this.#sharingModels.set(name.toLowerCase(), sharing);
    for (const each of list(xml, 'fieldSets')) this.addFieldSet(name, each);
    for (const each of list(xml, 'validationRules')) this.addValidationRule(file, name, each);
    if (this.object(name) && !/__(c|e|mdt|b|x)$/i.test(name)) {
      for (const each of list(xml, 'recordTypes')) this.addRecordType(name, each);
      return;
    }
    const kind = kindOf(name, xml);
    const object: MutableObject = {
      name,
      label: text(xml, 'label') ?? name,
      pluralLabel: text(xml, 'pluralLabel') ?? text(xml, 'label') ?? name,
      keyPrefix: this.#nextPrefix(kind),
      kind,
      settingType: text(xml, 'customSettingsType') as 'List' | 'Hierarchy' | null,
      publishBehavior:
        kind === 'event'
          ? ((text(xml, 'publishBehavior') as 'PublishAfterCommit' | null) ?? 'PublishImmediately')
          : null,
      fields: new Map(),
      parents: new Map(),
      children: new Map(),
    };
    for (const field of [...systemFields(kind, xml), ...currencyField(this.features, kind)])
      object.fields.set(field.name.toLowerCase(), field);
    this.objects.set(name.toLowerCase(), object);
    this.#missing.delete(name.toLowerCase());
    for (const field of object.fields.values()) addParent(object, field);
    for (const each of list(xml, 'recordTypes')) this.addRecordType(name, each);
  }

  /** `a0A` for custom objects, `m00` for types of custom metadata. */
  #nextPrefix(kind: ObjectSchema['kind']): string {
    const types = [...this.objects.values()].filter((each) => each.kind === 'metadataType').length;
    const [letter, number] = kind === 'metadataType' ? ['m', types] : ['a', this.objects.size];
    return letter + number.toString(36).padStart(2, '0').slice(-2);
  }

  /** Takes a custom field out of its object, and the relationships that it made. */
  removeField(objectName: string, fieldName: string): void {
    const object = this.object(objectName);
    const field = object?.fields.get(fieldName.toLowerCase());
    if (!object || !field) return;
    object.fields.delete(fieldName.toLowerCase());
    if (field.relationshipName !== null) object.parents.delete(field.relationshipName.toLowerCase());
    for (const target of field.referenceTo) {
      const { children } = this.object(target) ?? { children: new Map<string, ChildRelationship>() };
      for (const [name, child] of children)
        if (child.childObject === object.name && child.field === field.name) children.delete(name);
    }
    const key = object.name.toLowerCase();
    this.#rollUps.set(
      key,
      (this.#rollUps.get(key) ?? []).filter((each) => each.field !== field.name),
    );
  }

  addField(file: string, objectName: string, xml: Xml): void {
    // A field of activities is one of tasks and of events.
    if (objectName === 'Activity') {
      for (const each of ['Task', 'Event']) this.addField(file, each, xml);
      return;
    }
    const object = this.object(objectName);
    if (!object) throw new MetadataError(file, `the object ${objectName} is not known`);
    // A standard field's metadata says nothing that the standard object does not know.
    if (!/__c$/i.test(text(xml, 'fullName') ?? componentName(file))) return;
    const field = customField(file, xml, this.#valueSets);
    for (const formula of [field.formula, field.defaultFormula]) {
      const problem = formula === null ? null : formulaProblem(formula);
      if (problem !== null) this.problem(new MetadataError(file, `${field.name}: ${problem}`, true));
    }
    const rollUp = rollUpOf(field.name, xml);
    if (rollUp) append(this.#rollUps, objectName, rollUp);
    object.fields.set(field.name.toLowerCase(), field);
    if (field.type === 'location') addCoordinates(object, field);
    addParent(object, field);
    const relationship = text(xml, 'relationshipName');
    for (const target of field.referenceTo) {
      const parent = this.object(target);
      if (!parent) this.problem(new MetadataError(file, `the object ${target} is not known`));
      if (!parent || relationship === null) continue;
      const name = `${relationship}__r`;
      parent.children.set(name.toLowerCase(), {
        name,
        childObject: object.name,
        field: field.name,
        cascadeDelete: field.masterDetail || field.deleteConstraint === 'Cascade',
      });
    }
  }
}
