import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { LoadedSchema } from './loaded-schema.ts';
import { componentName, list, MetadataError, readXml, text } from './metadata-xml.ts';
import type { NamedMetadata } from './source-metadata.ts';
import type { OrgFeatures } from './org-features.ts';

/** Reads source folders, of SFDX or of the Metadata API's format, on top of the standard objects. */
export function loadSchema(options: {
  readonly sources: readonly string[];
  /** A language whose translations are shown, where the source has them. */
  readonly language?: string;
  readonly features?: OrgFeatures;
  /** Is told of each thing that is not understood; the rest is read all the same. Without it the first is thrown. */
  readonly problem?: (error: MetadataError) => void;
}): LoadedSchema {
  const schema = new LoadedSchema(options.features, options.problem);
  const noted = <T>(work: () => T): T[] => {
    try {
      return [work()];
    } catch (error) {
      if (!(error instanceof MetadataError)) throw error;
      schema.problem(error);
      return [];
    }
  };
  const files = options.sources.flatMap(filesBelow);
  const translation = files.find((file) => file.endsWith('ranslation-meta.xml'));
  if (translation !== undefined && !schema.features.translationWorkbench)
    schema.problem(
      new MetadataError(translation, 'translations need the Translation Workbench, which is off'),
    );
  const objects = files.filter((file) => /\.object(?:-meta\.xml)?$/.test(file));
  for (const file of files.filter((each) => /\.globalValueSet(?:-meta\.xml)?$/.test(each)))
    noted(() => {
      schema.addValueSet(componentName(file), readXml(file, 'GlobalValueSet'));
    });
  const inline = objects.flatMap((file) => noted(() => ({ file, xml: readXml(file, 'CustomObject') })));
  for (const { file, xml } of inline)
    noted(() => {
      schema.addObject(file, xml);
    });
  for (const { file, xml } of inline)
    for (const field of list(xml, 'fields'))
      noted(() => {
        schema.addField(file, componentName(file), field);
      });
  for (const file of files) {
    const kind = /\.(\w+)(?:-meta\.xml)?$/.exec(file)?.[1] ?? '';
    noted(() => READERS[kind]?.(schema, file));
  }
  settleRollUps(schema);
  for (const file of files.filter((each) => /\.translation(?:-meta\.xml)?$/.test(each)))
    if (componentName(file) === options.language) schema.translateLabels(readXml(file, 'Translations'));
  return schema;
}

const objectOf = (file: string): string => path.basename(path.dirname(path.dirname(file)));

/** What is done with a file by its kind, the part of its name before `-meta.xml`. */
const READERS: Readonly<Record<string, (schema: LoadedSchema, file: string) => void>> = {
  field: (schema, file) => {
    schema.addField(file, objectOf(file), readXml(file, 'CustomField'));
  },
  fieldSet: (schema, file) => {
    schema.addFieldSet(objectOf(file), readXml(file, 'FieldSet'));
  },
  recordType: (schema, file) => {
    schema.addRecordType(objectOf(file), readXml(file, 'RecordType'));
  },
  validationRule: (schema, file) => {
    schema.addValidationRule(file, objectOf(file), readXml(file, 'ValidationRule'));
  },
  labels: (schema, file) => {
    schema.addLabels(readXml(file, 'CustomLabels'));
  },
  customPermission: (schema, file) => {
    schema.customPermissions.add(componentName(file));
  },
  notiftype: (schema, file) => {
    schema.notificationTypes.add(componentName(file));
  },
  permissionset: (schema, file) => {
    schema.addPermissionSet(componentName(file), readXml(file, 'PermissionSet'));
  },
  permissionsetgroup: (schema, file) => {
    schema.permissionSetGroups.push(named(file, 'PermissionSetGroup'));
  },
  app: (schema, file) => {
    schema.applications.push(named(file, 'CustomApplication'));
  },
  sharingRules: (schema, file) => {
    schema.sharedByRules.add(componentName(file));
  },
  remoteSite: (schema, file) => {
    schema.addRemoteSite(readXml(file, 'RemoteSiteSetting'));
  },
  md: (schema, file) => {
    // A page of documentation may stand beside source; a record stands in its own folder.
    if (path.basename(path.dirname(file)) === 'customMetadata')
      schema.addCustomMetadata(componentName(file), readXml(file, 'CustomMetadata'));
  },
  resource: (schema, file) => {
    if (file.endsWith('-meta.xml')) schema.addStaticResource(file, readXml(file, 'StaticResource'));
  },
  page: (schema, file) => {
    schema.pages.add(componentName(file).toLowerCase());
  },
};

function named(file: string, root: string): NamedMetadata {
  const xml = readXml(file, root);
  const name = componentName(file);
  return { name, label: text(xml, 'label') ?? name, description: text(xml, 'description') };
}

/** Every file below a folder, in a steady order. */
export function filesBelow(folder: string): string[] {
  if (!statSync(folder).isDirectory()) return [folder];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('node_modules'))
    .map((name) => path.join(folder, name))
    .sort();
}

/** A smallest or greatest value is of the type of what it is taken from. */
function settleRollUps(schema: LoadedSchema): void {
  for (const object of schema.objects.values()) {
    for (const { field, operation, childObject, summarized } of schema.rollUps(object.name)) {
      const own = object.fields.get(field.toLowerCase());
      const of = schema.object(childObject)?.fields.get((summarized ?? '').toLowerCase());
      if (own && of && (operation === 'min' || operation === 'max'))
        object.fields.set(field.toLowerCase(), { ...own, type: of.type, apexType: of.apexType });
    }
  }
}
