import { fill, labels } from 'di/labels';
import { language } from 'di/language';

const numbers = new Intl.NumberFormat(language);
const moments = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const instants = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
const times = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const languageNames = new Intl.DisplayNames([language], { type: 'language' });
const plurals = new Intl.PluralRules(language);
/** @type {readonly [Intl.RelativeTimeFormatUnit, number]} */
const SECOND = ['second', 1];
/** @type {readonly (readonly [Intl.RelativeTimeFormatUnit, number])[]} */
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

export const formatNumber = (value) => (value === null || value === undefined ? '' : numbers.format(value));

export const formatMoment = (value) => (value ? moments.format(new Date(value)) : '');

/** To the second: of two things that follow each other, the order is seen. */
export const formatInstant = (value) => (value ? instants.format(new Date(value)) : '');

/** A language by its tag, as people call it. */
export const languageName = (tag) => languageNames.of(tag) ?? tag;

export const formatTime = (value) => times.format(new Date(value));

/**
 * A sentence about a number of things, which is its {0}, in the form that the language has for that many.
 *
 * @param texts the sentence by form: `{ one, other }`
 */
export function counted(texts, number, ...values) {
  return fill(texts[plurals.select(number)] ?? texts.other, formatNumber(number), ...values);
}

/** How long ago, or how soon, in the largest unit that fits. */
export function formatRelative(value) {
  if (!value) return '';
  const seconds = Math.round((new Date(value).getTime() - Date.now()) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? SECOND;
  return relative.format(Math.trunc(seconds / size), unit);
}

const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** A value of a row, as people read it. */
export function formatValue(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? '✓' : '✗';
  if (typeof value === 'string' && MOMENT.test(value)) return formatMoment(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What an event of the ledger did; what was overruled has changed nothing, and says so. */
export function consentEventText({ asked, previous, status, outcome, source }) {
  const word = (state) => labels.consent.statuses[state ?? 'never'];
  const { event, overruled, raisedInSalesforce } = labels.consent;
  if (outcome !== 'overruled') return fill(event, word(previous), word(status));
  const isRaised = source === 'salesforce' && asked === 'granted';
  return fill(
    isRaised ? raisedInSalesforce : overruled,
    word(asked === 'confirmed' ? 'granted' : asked),
    word(status),
  );
}
