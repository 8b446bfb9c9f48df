/**
 * A custom label with its places filled in, as Apex's String.format does.
 *
 * @param {string} label text with places {0}, {1}, …
 * @param {...unknown} values what goes there; undefined and null leave the place empty
 * @returns {string} the sentence
 */
export function fillIn(label, ...values) {
  return label.replace(/\{(\d+)\}/g, (_, position) => String(values[Number(position)] ?? ''));
}

/**
 * A moment as the base components take it: the relative one takes no text.
 *
 * @param {string} moment ISO 8601, as Apex writes it
 * @returns {number | null} milliseconds; null where there is none
 */
export function momentOf(moment) {
  return moment ? Date.parse(moment) : null;
}
