import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { componentName, list, text, type Xml } from './metadata-xml.ts';
import type { CustomMetadataRecord, StaticResourceSchema } from './schema.ts';

/** Metadata of which only its name is known to Apex. */
export interface NamedMetadata {
  readonly name: string;
  readonly label: string;
  readonly description: string | null;
}

/** What of a source's metadata stands apart from objects and their fields. */
export class SourceMetadata {
  readonly customPermissions = new Set<string>();
  readonly notificationTypes = new Set<string>();
  readonly remoteSites: string[] = [];
  /** By name and label, as the platform's own rows tell of them. */
  readonly permissionSetGroups: NamedMetadata[] = [];
  readonly applications: NamedMetadata[] = [];
  readonly customMetadata: CustomMetadataRecord[] = [];
  readonly staticResources: StaticResourceSchema[] = [];
  readonly pages = new Set<string>();
  /** Objects with rules that share their records, which are not applied. */
  readonly sharedByRules = new Set<string>();
  readonly #labels = new Map<string, string>();

  /** `Type.Record` of a file's name, and what stands in it. */
  addCustomMetadata(name: string, xml: Xml): void {
    const [type = '', developerName = ''] = name.split('.');
    this.customMetadata.push({
      object: `${type}__mdt`,
      developerName,
      label: text(xml, 'label') ?? developerName,
      isProtected: text(xml, 'protected') === 'true',
      values: new Map(list(xml, 'values').map((each) => [text(each, 'field') ?? '', text(each, 'value')])),
    });
  }

  /** The resource itself stands beside its description, with an ending of its own in SFDX. */
  addStaticResource(file: string, xml: Xml): void {
    const folder = path.dirname(file);
    const name = componentName(file);
    const body = readdirSync(folder).find((each) => {
      const isDescription = each.endsWith('-meta.xml');
      return !isDescription && (each === name || each.replace(/\.[^.]+$/, '') === name);
    });
    if (body === undefined || statSync(path.join(folder, body)).isDirectory()) return;
    this.staticResources.push({
      name,
      contentType: text(xml, 'contentType') ?? 'application/octet-stream',
      body: readFileSync(path.join(folder, body)),
    });
  }

  label(name: string): string | undefined {
    return this.#labels.get(name.toLowerCase());
  }

  addLabels(xml: Xml): void {
    for (const label of list(xml, 'labels'))
      this.#labels.set((text(label, 'fullName') ?? '').toLowerCase(), text(label, 'value') ?? '');
  }

  /** The labels in the language of whoever works there; one that is not translated stays as it is. */
  translateLabels(xml: Xml): void {
    for (const label of list(xml, 'customLabels'))
      this.#labels.set((text(label, 'name') ?? '').toLowerCase(), text(label, 'label') ?? '');
  }

  addRemoteSite(xml: Xml): void {
    const url = text(xml, 'url');
    if (url !== null && text(xml, 'isActive') === 'true') this.remoteSites.push(url);
  }
}
