/**
 * The sentences a person should read out of whatever an Apex call, the UI API or plain JavaScript threw.
 * Duplicates are named once; the order is kept.
 *
 * @param {unknown} errors one error or a list of them; null and undefined give an empty list
 * @returns {string[]} messages, at least one for each error that carries none of its own
 */
export function errorMessages(errors) {
  const list = Array.isArray(errors) ? errors : [errors];
  const messages = list.filter(Boolean).flatMap(messagesOf);
  return [...new Set(messages)];
}

function messagesOf(error) {
  if (typeof error === 'string') return [error];
  const { body } = error;
  // The UI API answers a list of problems; Apex and the record endpoints answer one object.
  if (Array.isArray(body)) return body.map((problem) => problem.message);
  if (body?.output) return recordMessages(body);
  if (body?.message) return [body.message];
  if (error.message) return [error.message];
  return [error.statusText ?? 'Unknown error'];
}

/** A refused record: what is wrong with the page and with single fields stands beside the general sentence. */
function recordMessages(body) {
  const pageErrors = body.output.errors ?? [];
  const fieldErrors = Object.values(body.output.fieldErrors ?? {}).flat();
  const found = [...pageErrors, ...fieldErrors].map((problem) => problem.message);
  return found.length > 0 ? found : [body.message];
}
