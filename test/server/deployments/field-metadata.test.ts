import { XMLParser } from 'fast-xml-parser';
import { SyntaxValidator } from 'fast-xml-validator';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkShape } from '../../../scripts/metadata-check/check-shape.ts';
import { readMetadataFile } from '../../../scripts/metadata-check/metadata-file.ts';
import { MetadataTypes } from '../../../scripts/metadata-check/metadata-types.ts';
import { fieldsXml, permissionSetXml } from '../../../server/src/deployments/field-metadata.ts';
import { fieldNames } from '../../../server/src/deployments/field-names.ts';

const FIELDS = [
  { name: 'DI_News__c', label: 'News', purpose: 'opt-in' },
  { name: 'DI_News_At__c', label: 'News (changed)', purpose: 'opt-in-changed' },
  { name: 'DI_Record_Id__c', label: 'DI Record Id', purpose: 'record-id' },
] as const;

describe('the metadata of fields', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'di-connect-metadata-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['fields', fieldsXml(FIELDS)],
    ['one field', fieldsXml(FIELDS.slice(0, 1))],
    [
      'a permission set',
      permissionSetXml([
        { field: 'Contact.DI_News__c', isEditable: true },
        { field: 'Lead.DI_News__c', isEditable: false },
      ]),
    ],
  ])('of %s has the shape and the order that the Metadata API has', (_what, xml) => {
    const file = path.join(folder, 'Part.part-meta.xml');
    writeFileSync(file, xml);
    expect(checkShape(new MetadataTypes(), readMetadataFile(file).root)).toEqual([]);
    expect(xml).toContain('xmlns="http://soap.sforce.com/2006/04/metadata"');
  });

  it('holds any name that people give, and shortens what is too long for a label', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (label) => {
        const xml = fieldsXml([{ name: 'DI_News__c', label, purpose: 'opt-in' }]);
        SyntaxValidator.validate(xml);
        const parsed = new XMLParser({ parseTagValue: false, trimValues: false }).parse(xml) as {
          CustomObject: { fields: { label: string; fullName: string } };
        };
        expect(parsed.CustomObject.fields.fullName).toBe('DI_News__c');
        expect(Array.from(parsed.CustomObject.fields.label).length).toBeLessThanOrEqual(40);
      }),
    );
  });

  it('says characters of markup as they are', () => {
    const xml = fieldsXml([{ name: 'DI_News__c', label: 'A & B <c> "d"', purpose: 'opt-in' }]);
    const parsed = new XMLParser().parse(xml) as { CustomObject: { fields: { label: string } } };
    expect(parsed.CustomObject.fields.label).toBe('A & B <c> "d"');
  });
});

describe('the name of a field', () => {
  it('is the opt-in’s code where that is a name', () => {
    expect(fieldNames('News', 'id', false)[0]).toBe('DI_News__c');
    expect(fieldNames('News', 'id', true)[0]).toBe('DI_News_At__c');
    expect(fieldNames('Infolettre-été', 'id', false)[0]).toBe('DI_Infolettre_ete__c');
  });

  it('is one of Salesforce’s, whatever the code, and another one for another opt-in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.boolean(), (code, isChangedAt) => {
        const names = fieldNames(code, 'one', isChangedAt);
        for (const name of names) {
          expect(name).toMatch(/^DI(_[A-Za-z0-9]+)+__c$/);
          expect(name.length - '__c'.length).toBeLessThanOrEqual(40);
        }
        expect(fieldNames(code, 'two', isChangedAt).at(-1)).not.toBe(names.at(-1));
      }),
    );
  });
});
