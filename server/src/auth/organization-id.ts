const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * An organization's id in its 18 characters, from 15 or 18; null for anything else. The last three say which of the
 * others are capitals. (Salesforce: 15- and 18-character ids.)
 */
export function organizationId(text: string): string | null {
  if (!/^00D[a-zA-Z0-9]{12}([a-zA-Z0-9]{3})?$/.test(text)) return null;
  const short = text.slice(0, 15);
  const suffix = [0, 5, 10]
    .map(
      (start) =>
        SUFFIX[
          Array.from(short.slice(start, start + 5)).reduce(
            (bits, each, index) => (/[A-Z]/.test(each) ? bits | (1 << index) : bits),
            0,
          )
        ] ?? '',
    )
    .join('');
  return text.length === 15 || text.slice(15).toUpperCase() === suffix ? short + suffix : null;
}
