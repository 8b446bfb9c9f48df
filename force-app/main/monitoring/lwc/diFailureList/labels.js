import title from '@salesforce/label/c.Failures_Title';
import none from '@salesforce/label/c.Failures_None';
import batch from '@salesforce/label/c.Failures_Kind_Batch';
import waiting from '@salesforce/label/c.Failures_Kind_Waiting';
import record from '@salesforce/label/c.Failures_Kind_Record';
import records from '@salesforce/label/c.Failures_Records';
import oneRecord from '@salesforce/label/c.Failures_Record';
import latest from '@salesforce/label/c.Failures_Latest';
import nextAttempt from '@salesforce/label/c.Failures_Next_Attempt';
import field from '@salesforce/label/c.Failures_Field';
import examples from '@salesforce/label/c.Failures_Examples';
import retry from '@salesforce/label/c.Failures_Retry';
import retryOf from '@salesforce/label/c.Failures_Retry_Of';
import discard from '@salesforce/label/c.Failures_Discard';
import discardOf from '@salesforce/label/c.Failures_Discard_Of';
import confirm from '@salesforce/label/c.Failures_Discard_Confirm';
import confirmYes from '@salesforce/label/c.Failures_Discard_Yes';
import cancel from '@salesforce/label/c.Action_Cancel';
import discarded from '@salesforce/label/c.Failures_Discarded';
import retried from '@salesforce/label/c.Monitor_Retried';
import unknownReason from '@salesforce/label/c.Failures_Unknown_Reason';
import notSaved from '@salesforce/label/c.Not_Saved';

export const labels = {
  title,
  none,
  batch,
  waiting,
  record,
  records,
  oneRecord,
  latest,
  nextAttempt,
  field,
  examples,
  retry,
  retryOf,
  discard,
  discardOf,
  confirm,
  confirmYes,
  cancel,
  discarded,
  retried,
  unknownReason,
  notSaved,
};
