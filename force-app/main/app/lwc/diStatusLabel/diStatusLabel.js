import notAuthorized from '@salesforce/label/c.Status_Not_Authorized';
import authorized from '@salesforce/label/c.Status_Authorized';
import suspended from '@salesforce/label/c.Status_Suspended';
import draft from '@salesforce/label/c.Status_Draft';
import active from '@salesforce/label/c.Status_Active';
import paused from '@salesforce/label/c.Status_Paused';

const LABELS = {
  'Not authorized': notAuthorized,
  Authorized: authorized,
  Suspended: suspended,
  Draft: draft,
  Active: active,
  Paused: paused,
};

/**
 * A status in the user's language.
 *
 * @param {string} status the picklist's value, of a project or a transfer
 * @returns {string} its label; the value itself where it is not one of ours
 */
export function statusLabel(status) {
  return LABELS[status] ?? status;
}
