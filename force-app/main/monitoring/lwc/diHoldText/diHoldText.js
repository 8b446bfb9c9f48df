import paused from '@salesforce/label/c.Hold_Transfer_Paused';
import draft from '@salesforce/label/c.Hold_Transfer_Draft';
import missing from '@salesforce/label/c.Hold_Transfer_Missing';
import tableMissing from '@salesforce/label/c.Hold_Table_Missing';
import tableArchived from '@salesforce/label/c.Hold_Table_Archived';
import projectArchived from '@salesforce/label/c.Hold_Project_Archived';
import other from '@salesforce/label/c.Hold_Other';
import { fillIn } from 'c/diLabelText';

const REASONS = {
  'transfer-paused': paused,
  'transfer-draft': draft,
  'transfer-missing': missing,
  'table-missing': tableMissing,
  'table-archived': tableArchived,
  'project-archived': projectArchived,
};

/**
 * Why a transfer waits for DI, in the user's language; in DI's own words where its code is a newer one.
 *
 * @param {{ transferName: string, reason: string, message: string }} held as DI_TransferHold.Held is
 * @returns {string} a sentence
 */
export function holdText({ transferName, reason, message }) {
  return fillIn(REASONS[reason] ?? other, transferName, message);
}
