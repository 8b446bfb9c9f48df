import { say } from '../messages/message.ts';
import { meaningOf, type Meaning, type RecordFault } from './error-codes.ts';
import type { SalesforceFault, SaveError } from './org.ts';

/** Why a record was not written, and what follows. */
export interface Refusal {
  readonly follows: RecordFault;
  /** Salesforce's status code. */
  readonly code: string;
  /** What a person can do, and Salesforce's words. */
  readonly message: string;
  /** What a person can do where all records of a call were refused for it. */
  readonly stopMessage: string;
  /** The object may be something else to the connection's user than it was described as. */
  readonly isOfDescription: boolean;
}

/** Which of a record's errors decides: what concerns all records before what concerns this one. */
const ORDER: readonly RecordFault[] = ['stop', 'gone', 'retry', 'give-up'];

/** Sorts what Salesforce answered of one record. */
export function refusalOf(errors: readonly SaveError[]): Refusal {
  const sorted = errors.map((error) => ({ error, meaning: recordMeaning(error) }));
  const decisive = ORDER.flatMap(
    (fault) => sorted.find(({ meaning }) => meaning.ofRecord === fault) ?? [],
  )[0];
  if (!decisive) return refusal({ ofRecord: 'give-up' }, 'refused', say('salesforce.no-reason'));
  const said = errors.map(({ message, fields }) =>
    fields.length > 0 ? `${message} (${fields.join(', ')})` : message,
  );
  return refusal(decisive.meaning, decisive.error.code, said.join(' '));
}

/** Sorts the refusal of a call for its one record. That the record is gone, only its own result can say. */
export function refusalByCall({ code, message }: SalesforceFault): Refusal {
  const meaning = meaningOf(code, message);
  return refusal(meaning.ofRecord === 'gone' ? { ofRecord: 'give-up' } : meaning, code, message);
}

/**
 * What would stop the producer, where every record of a call was refused for it.
 *
 * @param refusals of all records of a call; null for those that were saved
 */
export function commonRefusal(refusals: readonly (Refusal | null)[]): Refusal | null {
  const [first, ...others] = refusals;
  return first?.follows === 'stop' && others.every((other) => other?.code === first.code) ? first : null;
}

/** A reference of a record that leads nowhere has the code of a record that is gone, and names its field. */
function recordMeaning({ code, message, fields }: SaveError): Meaning {
  const meaning = meaningOf(code, message);
  return meaning.ofRecord === 'gone' && fields.some((field) => field !== 'Id')
    ? { ...meaning, ofRecord: 'give-up' }
    : meaning;
}

function refusal(
  { ofRecord, advice, stopAdvice, isOfDescription = false }: Omit<Meaning, 'ofCall'>,
  code: string,
  said: string,
): Refusal {
  const advised = (text: string | undefined): string =>
    text === undefined ? said : say('salesforce.advised-record', { advice: text, said });
  return {
    follows: ofRecord,
    code,
    message: advised(ofRecord === 'retry' ? undefined : advice),
    stopMessage: advised(stopAdvice ?? advice),
    isOfDescription,
  };
}
