import { fieldKey } from '../execution/access-rules.ts';
import type { ApexValue } from '../values/object.ts';
import { MetadataError, text } from '../database/metadata-xml.ts';
import { permissionSetOf } from '../database/permission-set-xml.ts';
import type { LocalOrg } from '../org.ts';
import type { Named } from './archive.ts';
import type { Component } from './components.ts';
import { customFieldProblem } from './custom-field-rules.ts';
import { mergePermissionSet, mergeProfile, permissionProblem } from './permission-sets.ts';

/** Changes of an org's metadata that can all be taken back. */
export class MetadataChanges {
  readonly #org: LocalOrg;
  readonly #undo: (() => void)[] = [];
  readonly #savepoint: number;
  /** Names of the parts that were not there before. */
  readonly created = new Set<string>();

  constructor(org: LocalOrg) {
    this.#org = org;
    this.#savepoint = org.store.savepoint();
  }

  takeBack(): void {
    this.#org.store.rollback(this.#savepoint);
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  /** Makes one part that is not Apex. Throws MetadataError with what is wrong with it. */
  make(part: Component): void {
    if (part.type === 'CustomObject') this.#object(part);
    else if (part.type === 'CustomField') this.#field(part);
    else this.#rights(part);
  }

  #object({ name, file, xml }: Component): void {
    const { schema } = this.#org;
    if (schema.object(name)) return;
    if (!/__(?:c|e|mdt)$/i.test(name))
      throw new MetadataError(file, `Entity of type 'CustomObject' named '${name}' cannot be found`);
    if (text(xml, 'label') === null) throw new MetadataError(file, 'Required field is missing: label');
    schema.addObject(file, xml, name);
    this.created.add(`CustomObject.${name}`);
    this.#undo.push(() => schema.removeObject(name));
  }

  #field({ name, file, xml }: Component): void {
    const { schema, access } = this.#org;
    const [objectName = '', fieldName = ''] = name.split('.');
    const object = schema.object(objectName);
    if (!object)
      throw new MetadataError(file, `Entity of type 'CustomObject' named '${objectName}' cannot be found`);
    // Standard fields stand in the files of objects too; nothing of them can be changed here.
    if (!/__c$/i.test(fieldName)) return;
    const before = object.fields.get(fieldName.toLowerCase());
    const problem = customFieldProblem(fieldName, xml, before);
    if (problem !== null) throw new MetadataError(file, problem);
    const readable = { ...xml, fullName: before?.name ?? fieldName };
    schema.addField(file, object.name, readable);
    const field = object.fields.get(fieldName.toLowerCase());
    if (before) {
      this.#undo.push(() => object.fields.set(fieldName.toLowerCase(), before));
      return;
    }
    this.created.add(`CustomField.${name}`);
    const key = fieldKey(object.name, fieldName);
    this.#undo.push(() => {
      schema.removeField(object.name, fieldName);
      access.ungranted.delete(key);
    });
    const isOpen = field !== undefined && !field.nillable && field.type !== 'boolean';
    // Nobody sees a new field before a permission set or a profile says so, unless it is required.
    if (!isOpen) access.ungranted.add(key);
    this.#fill(object.name, fieldName, field?.type === 'boolean' ? false : null);
  }

  /** What records hold in a field that is new: nothing, and a checkbox is not checked. */
  #fill(object: string, field: string, value: ApexValue): void {
    const { store } = this.#org;
    const key = field.toLowerCase();
    for (const row of [...store.all(object)])
      if (value !== null || row.has(key))
        store.put(object, String(row.get('id')), new Map(row).set(key, value));
  }

  #rights({ type, name, file, xml }: Component): void {
    const { schema } = this.#org;
    const set = permissionSetOf(name, xml);
    const problem =
      type === 'PermissionSet' && text(xml, 'label') === null
        ? 'Required field is missing: label'
        : permissionProblem(this.#org, set);
    if (problem !== null) throw new MetadataError(file, problem);
    if (type === 'Profile') {
      if (!mergeProfile(this.#org, set))
        throw new MetadataError(file, `In field: profile - no Profile named ${name} found`);
      return;
    }
    const before = schema.permissionSets.get(name.toLowerCase());
    if (!before) this.created.add(`PermissionSet.${name}`);
    mergePermissionSet(this.#org, set);
    this.#undo.push(() => {
      if (before) schema.permissionSets.set(name.toLowerCase(), before);
      else schema.permissionSets.delete(name.toLowerCase());
    });
  }

  /** Deletes a field. Answers what Salesforce says where it is not there. */
  deleteField({ name }: Named): string | null {
    const { schema, access, store } = this.#org;
    const [objectName = '', fieldName = ''] = name.split('.');
    const object = schema.object(objectName);
    const field = object?.fields.get(fieldName.toLowerCase());
    if (!object || !field?.custom) return `No CustomField named: ${name} found`;
    const children = field.referenceTo.map((target) => schema.object(target)?.children);
    const kept = children.map((each) => (each ? [...each] : []));
    const key = fieldKey(object.name, fieldName);
    const wasUngranted = access.ungranted.has(key);
    schema.removeField(object.name, fieldName);
    access.ungranted.delete(key);
    for (const row of store.findBy('FieldPermissions', 'Field', `${object.name}.${field.name}`))
      store.remove('FieldPermissions', String(row.get('id')));
    this.#undo.push(() => {
      object.fields.set(fieldName.toLowerCase(), field);
      if (field.relationshipName !== null)
        object.parents.set(field.relationshipName.toLowerCase(), { field, targets: field.referenceTo });
      children.forEach((each, index) => {
        for (const [child, relationship] of kept[index] ?? []) each?.set(child, relationship);
      });
      if (wasUngranted) access.ungranted.add(key);
    });
    return null;
  }
}
