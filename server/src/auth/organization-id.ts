import { salesforceId } from '../values/salesforce-id.ts';

/** An organization's id in its 18 characters, from 15 or 18; null for anything else. */
export function organizationId(text: string): string | null {
  const id = salesforceId(text);
  return id?.startsWith('00D') === true ? id : null;
}
