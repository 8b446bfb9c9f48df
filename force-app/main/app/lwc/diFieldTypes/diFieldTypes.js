import text from '@salesforce/label/c.Type_Text';
import longText from '@salesforce/label/c.Type_Long_Text';
import number from '@salesforce/label/c.Type_Number';
import currency from '@salesforce/label/c.Type_Currency';
import percent from '@salesforce/label/c.Type_Percent';
import checkbox from '@salesforce/label/c.Type_Checkbox';
import date from '@salesforce/label/c.Type_Date';
import datetime from '@salesforce/label/c.Type_Datetime';
import time from '@salesforce/label/c.Type_Time';
import email from '@salesforce/label/c.Type_Email';
import phone from '@salesforce/label/c.Type_Phone';
import url from '@salesforce/label/c.Type_Url';
import picklist from '@salesforce/label/c.Type_Picklist';
import multipicklist from '@salesforce/label/c.Type_Multipicklist';
import id from '@salesforce/label/c.Type_Id';
import lookup from '@salesforce/label/c.Type_Lookup';
import encrypted from '@salesforce/label/c.Type_Encrypted';

const LABELS = {
  STRING: text,
  COMBOBOX: text,
  TEXTAREA: longText,
  INTEGER: number,
  LONG: number,
  DOUBLE: number,
  CURRENCY: currency,
  PERCENT: percent,
  BOOLEAN: checkbox,
  DATE: date,
  DATETIME: datetime,
  TIME: time,
  EMAIL: email,
  PHONE: phone,
  URL: url,
  PICKLIST: picklist,
  MULTIPICKLIST: multipicklist,
  ID: id,
  REFERENCE: lookup,
  ENCRYPTEDSTRING: encrypted,
};
/** Types that Setup writes with their length, Text(80). */
const WITH_LENGTH = new Set(['STRING', 'TEXTAREA', 'ENCRYPTEDSTRING']);

/**
 * A field's type as Setup names it.
 *
 * @param {{ type: string, length?: number }} field with Schema.DisplayType's name
 * @returns {string} `Text(80)`, `Email`
 */
export function typeLabel({ type, length }) {
  const label = LABELS[type] ?? type ?? '';
  return WITH_LENGTH.has(type) && length ? `${label}(${length})` : label;
}
