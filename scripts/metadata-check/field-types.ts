import { textOf, type MetadataElement } from './metadata-file.ts';

/** The smallest and the largest value of an element. */
type Range = readonly [least: number, most: number];

interface TypeRules {
  readonly needs?: readonly string[];
  readonly refuses?: readonly string[];
  readonly ranges?: Readonly<Record<string, Range>>;
}

const NUMBER: TypeRules = {
  needs: ['precision', 'scale'],
  refuses: ['length'],
  ranges: { precision: [1, 18], scale: [0, 17] },
};
const LONG_TEXT = { needs: ['length', 'visibleLines'], refuses: ['required', 'unique', 'externalId'] };
const NO_TEXT = ['length', 'precision', 'scale', 'visibleLines'];

/** What each type of field needs, refuses and how large it may be (Help: Custom Field Types; Metadata API: CustomField). */
export const TYPE_RULES: Readonly<Record<string, TypeRules>> = {
  AutoNumber: { needs: ['displayFormat'], refuses: ['required', 'length'] },
  Checkbox: { needs: ['defaultValue'], refuses: ['required', 'unique', 'externalId', ...NO_TEXT] },
  Currency: NUMBER,
  Date: { refuses: ['unique', 'externalId', ...NO_TEXT] },
  DateTime: { refuses: ['unique', 'externalId', ...NO_TEXT] },
  Email: { refuses: NO_TEXT },
  EncryptedText: {
    needs: ['length', 'maskChar', 'maskType'],
    refuses: ['unique', 'externalId', 'defaultValue'],
    ranges: { length: [1, 175] },
  },
  Html: { ...LONG_TEXT, ranges: { length: [256, 131_072], visibleLines: [10, 50] } },
  LongTextArea: { ...LONG_TEXT, ranges: { length: [256, 131_072], visibleLines: [2, 50] } },
  Lookup: { needs: ['referenceTo', 'relationshipName'], refuses: ['unique', 'externalId', ...NO_TEXT] },
  MasterDetail: {
    needs: [
      ...['referenceTo', 'relationshipName', 'relationshipOrder'],
      ...['reparentableMasterDetail', 'writeRequiresMasterRead'],
    ],
    refuses: ['required', 'deleteConstraint', 'unique', 'externalId', ...NO_TEXT],
    ranges: { relationshipOrder: [0, 1] },
  },
  MultiselectPicklist: {
    needs: ['valueSet', 'visibleLines'],
    refuses: ['unique', 'externalId', 'length'],
    ranges: { visibleLines: [3, 10] },
  },
  Number: NUMBER,
  Percent: NUMBER,
  Phone: { refuses: ['unique', 'externalId', ...NO_TEXT] },
  Picklist: { needs: ['valueSet'], refuses: ['unique', 'externalId', ...NO_TEXT] },
  Text: { needs: ['length'], refuses: ['visibleLines', 'precision'], ranges: { length: [1, 255] } },
  TextArea: { refuses: ['unique', 'externalId', ...NO_TEXT] },
  Url: { refuses: ['unique', 'externalId', ...NO_TEXT] },
};

export function withinRange(
  element: MetadataElement,
  type: string,
  name: string,
  [least, most]: Range,
): string[] {
  const text = textOf(element, name);
  if (text === undefined || (Number(text) >= least && Number(text) <= most)) return [];
  return [`<${name}> of a ${type} field is ${least} to ${most}, not ${text}`];
}
