import { asApexException } from '../values/exception.ts';
import type { ClassInfo, MethodInfo } from '../values/object.ts';
import type { LocalOrg } from '../org.ts';
import { typeName } from '../values/type-ref.ts';
import { ApexType } from '../values/type-value.ts';
import { serialize } from '../library/json-write.ts';
import { findPlatformClass } from '../library/registry.ts';
import { AURA } from './aura-answers.ts';
import { RestError } from './json-records.ts';

/** Calls an @AuraEnabled method with named arguments, as a Lightning web component does, and answers its value as JSON. */
export function callAuraMethod(org: LocalOrg, className: string, methodName: string, body: unknown): unknown {
  const method = findClass(org, className)?.methods.find(
    (each) => each.name.toLowerCase() === methodName.toLowerCase() && each.annotations.has(AURA),
  );
  if (!method)
    throw new RestError(404, 'NOT_FOUND', `There is no @AuraEnabled method ${className}.${methodName}`);
  const given = (body ?? {}) as Record<string, unknown>;
  try {
    return org.run('synchronous', org.admin, () => {
      const value = method.invoke(null, argumentsOf(method, given));
      return method.returns.kind === 'void'
        ? null
        : (JSON.parse(serialize(value, { annotated: AURA })) as unknown);
    });
  } catch (error) {
    const exception = asApexException(error);
    if (!exception) throw error;
    // Only what a class throws for its screens reaches them with its own words.
    const isMeant = exception.typeName === 'System.AuraHandledException';
    throw new RestError(
      400,
      'APEX_ERROR',
      isMeant
        ? (exception.apexMessage ?? exception.shownMessage ?? exception.text)
        : `${exception.toString()}\n${exception.stackTrace()}`,
    );
  }
}

/** A class by its name, or by its name without its package's prefix where that names one class only. */
function findClass(org: LocalOrg, className: string): ClassInfo | undefined {
  const name = className.toLowerCase();
  const exact = org.program.classes.get(name);
  if (exact) return exact;
  const prefixed = [...org.program.classes.entries()].filter(
    ([key]) => !key.includes('.') && key.endsWith(`_${name}`),
  );
  if (prefixed.length > 1)
    throw new RestError(
      400,
      'INVALID_ARGUMENT',
      `${className} may be ${prefixed.map(([, info]) => info.name).join(' or ')}: write the whole name`,
    );
  return prefixed[0]?.[1];
}

function argumentsOf(method: MethodInfo, given: Record<string, unknown>) {
  const deserialize = findPlatformClass('System.JSON')?.statics?.['deserialize/2'];
  return method.parameters.map(({ name, type }) => {
    const value = given[name];
    if (value === undefined || value === null || !deserialize) return null;
    try {
      return deserialize(JSON.stringify(value), new ApexType(type)) ?? null;
    } catch {
      throw new RestError(400, 'APEX_ERROR', `${name} is not a ${typeName(type)}`);
    }
  });
}
