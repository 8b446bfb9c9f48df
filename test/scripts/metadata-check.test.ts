import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkMetadata } from '../../scripts/metadata-check/check-metadata.ts';

const NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"';

describe('the metadata check', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'metadata-check-'));
    for (const object of ['Thing', 'B'])
      write(
        `objects/${object}__c/${object}__c.object-meta.xml`,
        'CustomObject',
        `<deploymentStatus>Deployed</deploymentStatus><label>${object}</label><nameField><label>Name</label><type>Text</type></nameField><pluralLabel>${object}s</pluralLabel><sharingModel>ReadWrite</sharingModel>`,
      );
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(name: string, root: string, body: string): void {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${NAMESPACE}>${body}</${root}>`);
  }
  const field = (name: string, body: string) =>
    write(
      `objects/Thing__c/fields/${name}.field-meta.xml`,
      'CustomField',
      `<fullName>${name}</fullName>${body}`,
    );
  const problems = () => checkMetadata(folder).problems.map(({ problem }) => problem);

  it('passes what the platform itself would write', () => {
    field('Name__c', '<label>Name</label><length>80</length><required>true</required><type>Text</type>');
    field(
      'Notes__c',
      '<label>Notes</label><length>3000</length><type>LongTextArea</type><visibleLines>3</visibleLines>',
    );
    expect(checkMetadata(folder)).toEqual({ files: 4, problems: [] });
  });

  it('names an element the type does not have', () => {
    field('Name__c', '<colour>red</colour><label>Name</label><length>80</length><type>Text</type>');
    expect(problems()).toEqual(['CustomField: <colour> is not one of its elements']);
  });

  it('names an element out of the order of the platform', () => {
    field('Name__c', '<label>Name</label><type>Text</type><length>80</length>');
    expect(problems()).toEqual([
      "CustomField: <length> stands after <type>; the platform's order is the other way round",
    ]);
  });

  it('names a value that an enumeration, a boolean or a number does not take', () => {
    field('Name__c', '<label>Name</label><length>long</length><required>yes</required><type>Txt</type>');
    expect(problems()).toEqual([
      "CustomField.length: 'long' is not a number",
      "CustomField.required: 'yes' is not a value of it",
      "CustomField.type: 'Txt' is not a value of it",
    ]);
  });

  it('names an element that stands twice and one that is missing', () => {
    write(
      'a.customPermission-meta.xml',
      'CustomPermission',
      '<description>one</description><description>two</description>',
    );
    expect(problems()).toEqual([
      'CustomPermission: <isLicensed> is missing',
      'CustomPermission: <label> is missing',
      'CustomPermission: <description> stands twice',
    ]);
  });

  it('reports where a file stops being XML', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'x.labels-meta.xml'), '<a>\n<b></a>');
    expect(problems()[0]).toMatch(/Expected closing tag 'b'.*line 2/);
  });

  it.each([
    [
      'a lookup without a delete constraint',
      '<label>A</label><referenceTo>B__c</referenceTo><relationshipName>As</relationshipName><type>Lookup</type>',
      'a Lookup field needs <deleteConstraint>',
    ],
    [
      'a required lookup that is set to null',
      '<deleteConstraint>SetNull</deleteConstraint><label>A</label><referenceTo>B__c</referenceTo><relationshipName>As</relationshipName><required>true</required><type>Lookup</type>',
      'a required Lookup cannot be set to null when its parent is deleted',
    ],
    [
      'a long text without visible lines',
      '<label>A</label><length>300</length><type>LongTextArea</type>',
      'a LongTextArea field needs <visibleLines>',
    ],
    [
      'a checkbox without a default',
      '<label>A</label><type>Checkbox</type>',
      'a Checkbox field needs <defaultValue>',
    ],
    [
      'a number without a scale',
      '<label>A</label><precision>3</precision><type>Number</type>',
      'a Number field needs <scale>',
    ],
  ])('refuses %s', (_what, body, problem) => {
    field('A__c', body);
    expect(problems()).toEqual([problem]);
  });

  it('refuses a field permission on a required field, an unknown field and an editable formula', () => {
    field('Name__c', '<label>Name</label><length>80</length><required>true</required><type>Text</type>');
    field(
      'Sum__c',
      '<formula>1</formula><label>Sum</label><precision>3</precision><scale>0</scale><type>Number</type>',
    );
    const permission = (name: string) =>
      `<fieldPermissions><editable>true</editable><field>Thing__c.${name}</field><readable>true</readable></fieldPermissions>`;
    write(
      'p.permissionset-meta.xml',
      'PermissionSet',
      `${['Name__c', 'Sum__c', 'Gone__c'].map(permission).join('')}<label>P</label>`,
    );
    expect(problems()).toEqual([
      'Thing__c.Name__c is required or a master-detail field: it takes no field permission',
      'Thing__c.Sum__c is a formula: it cannot be editable',
      'fieldPermissions names Thing__c.Gone__c, which is not in the package',
    ]);
  });

  it('refuses a class, permission or object that the package does not hold', () => {
    write(
      'p.permissionset-meta.xml',
      'PermissionSet',
      `<classAccesses><apexClass>Gone</apexClass><enabled>true</enabled></classAccesses><customPermissions><enabled>true</enabled><name>Gone</name></customPermissions><label>P</label>`,
    );
    expect(problems()).toEqual([
      'classAccesses names Gone, which is not in the package',
      'customPermissions names Gone, which is not in the package',
    ]);
  });
});
