import { findPlatformClass } from '../../library/registry.ts';
import { throwPlatform } from '../../values/exception.ts';
import { ApexEnum } from '../../values/instance.ts';
import { platformType } from '../types/platform-types.ts';

const platformEnums = new Map<string, ApexEnum[]>();

/** The constants of a platform enum, in the order of the platform's types. */
export function platformEnumConstants(name: string): readonly ApexEnum[] {
  const known = platformEnums.get(name.toLowerCase());
  if (known) return known;
  const type = platformType(name);
  const ordered = findPlatformClass(name)?.enumValues;
  const names =
    ordered ??
    [...(type?.fields.values() ?? [])].filter((field) => field.isStatic).map((field) => field.name);
  const constants = names.map(
    (each, index) => new ApexEnum({ kind: 'platform', name: type?.name ?? name, arguments: [] }, each, index),
  );
  platformEnums.set(name.toLowerCase(), constants);
  return constants;
}

export function platformEnum(type: string, name: string): ApexEnum {
  const found = platformEnumConstants(type).find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!found) throwPlatform('System.NoSuchElementException', `No enum constant ${type}.${name}`);
  return found;
}
