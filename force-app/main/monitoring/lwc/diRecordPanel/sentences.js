import { fillIn } from 'c/diLabelText';
import { holdText } from 'c/diHoldText';

const isSaid = (text) => text !== undefined && text !== null;

/**
 * What is to be said of a record's way by one transfer, the worst first.
 *
 * @param {Apex.DI_RecordState.OfTransfer} transfer
 * @param {typeof import('./labels').labels} labels the component's
 * @returns {{ key: string, variant: string, text: string, moment: string | undefined }[]} at least one
 */
export function sentencesOf(transfer, labels) {
  const said = [];
  const say = (key, variant, text, moment) => said.push({ key, variant, text, moment });
  const { refusedBecause, refusedField, setAsideBecause, waitsSince, waitsBecause, held } = transfer;
  if (isSaid(refusedBecause)) {
    const text = refusedField
      ? fillIn(labels.refusedField, refusedField, refusedBecause)
      : fillIn(labels.refused, refusedBecause);
    say('refused', 'error', text, transfer.refusedAt);
  }
  if (isSaid(setAsideBecause)) say('set-aside', 'error', fillIn(labels.setAside, setAsideBecause));
  if (waitsSince && waitsBecause) {
    say('tried-again', 'warning', fillIn(labels.triedAgain, waitsBecause), waitsSince);
  } else if (waitsSince) {
    say('waits', 'info', labels.waits, waitsSince);
  }
  if (held) say('held', 'warning', holdText(held));
  if (!transfer.isActive) say('inactive', 'warning', labels.inactive);
  if (said.length > 0) return said;
  say(...(transfer.isUnsure ? ['unsure', 'info', labels.unsure] : ['sent', 'success', labels.sent]));
  return said;
}

/**
 * What is to be said of a table that DI has a record in.
 *
 * @param {Apex.DI_RecordAnswer.KnownTable} table
 * @param {typeof import('./labels').labels} labels the component's
 * @returns {string} a sentence
 */
export function tableText({ table, state, filledBy }, labels) {
  return fillIn(labels[state] ?? labels.current, table, filledBy);
}
