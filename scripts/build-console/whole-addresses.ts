import type { Plugin } from 'rollup';

const FRAGMENT_ONLY = /=\s*"(#\/[^"]*)"/;

/**
 * Refuses a template with a link that is nothing but a fragment. LWC takes it for the id of an element, and appends the
 * component's own id where the template has any: the link works until somebody adds an id to its template.
 */
export function wholeAddresses(): Plugin {
  return {
    name: 'whole-addresses',
    transform(code, id) {
      const address = id.endsWith('.html') ? FRAGMENT_ONLY.exec(code)?.[1] : undefined;
      if (address !== undefined) this.error(`Write /console${address} instead of ${address}: see linkTo().`);
      return null;
    },
  };
}
