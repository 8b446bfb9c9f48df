import title from '@salesforce/label/c.DI_Failures_Title';
import none from '@salesforce/label/c.DI_Failures_None';
import batch from '@salesforce/label/c.DI_Failures_Kind_Batch';
import waiting from '@salesforce/label/c.DI_Failures_Kind_Waiting';
import record from '@salesforce/label/c.DI_Failures_Kind_Record';
import records from '@salesforce/label/c.DI_Failures_Records';
import oneRecord from '@salesforce/label/c.DI_Failures_Record';
import latest from '@salesforce/label/c.DI_Failures_Latest';
import nextAttempt from '@salesforce/label/c.DI_Failures_Next_Attempt';
import field from '@salesforce/label/c.DI_Failures_Field';
import examples from '@salesforce/label/c.DI_Failures_Examples';
import retry from '@salesforce/label/c.DI_Failures_Retry';
import retryOf from '@salesforce/label/c.DI_Failures_Retry_Of';
import discard from '@salesforce/label/c.DI_Failures_Discard';
import discardOf from '@salesforce/label/c.DI_Failures_Discard_Of';
import confirm from '@salesforce/label/c.DI_Failures_Discard_Confirm';
import confirmYes from '@salesforce/label/c.DI_Failures_Discard_Yes';
import cancel from '@salesforce/label/c.DI_Action_Cancel';
import discarded from '@salesforce/label/c.DI_Failures_Discarded';
import retried from '@salesforce/label/c.DI_Monitor_Retried';
import unknownReason from '@salesforce/label/c.DI_Failures_Unknown_Reason';
import csv from '@salesforce/label/c.DI_Failures_Csv';
import csvHint from '@salesforce/label/c.DI_Failures_Csv_Hint';
import csvKind from '@salesforce/label/c.DI_Failures_Csv_Kind';
import csvTransfer from '@salesforce/label/c.DI_Failures_Csv_Transfer';
import csvRecord from '@salesforce/label/c.DI_Failures_Csv_Record';
import csvCount from '@salesforce/label/c.DI_Failures_Csv_Count';
import csvReason from '@salesforce/label/c.DI_Failures_Csv_Reason';
import csvCode from '@salesforce/label/c.DI_Failures_Csv_Code';
import csvField from '@salesforce/label/c.DI_Failures_Csv_Field';
import csvLatest from '@salesforce/label/c.DI_Failures_Csv_Latest';
import csvNext from '@salesforce/label/c.DI_Failures_Csv_Next';
import notLoaded from '@salesforce/label/c.DI_Not_Loaded';
import notSaved from '@salesforce/label/c.DI_Not_Saved';

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
  csv,
  csvHint,
  csvKind,
  csvTransfer,
  csvRecord,
  csvCount,
  csvReason,
  csvCode,
  csvField,
  csvLatest,
  csvNext,
  notLoaded,
  notSaved,
};
