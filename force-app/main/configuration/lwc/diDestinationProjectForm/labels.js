import newTitle from '@salesforce/label/c.Project_New';
import editTitle from '@salesforce/label/c.Project_Edit';
import addressSection from '@salesforce/label/c.Project_Address_Section';
import keysSection from '@salesforce/label/c.Project_Keys_Section';
import name from '@salesforce/label/c.Project_Name';
import endpoint from '@salesforce/label/c.Project_Endpoint';
import endpointHelp from '@salesforce/label/c.Project_Endpoint_Help';
import keyId from '@salesforce/label/c.Project_Key_Id';
import secret from '@salesforce/label/c.Project_Secret';
import secretKept from '@salesforce/label/c.Project_Secret_Kept';
import secretHelp from '@salesforce/label/c.Project_Secret_Help';
import check from '@salesforce/label/c.Project_Check';
import openRemoteSites from '@salesforce/label/c.Project_Open_Remote_Sites';
import save from '@salesforce/label/c.Action_Save';
import saveAndAuthorize from '@salesforce/label/c.Project_Save_And_Authorize';
import cancel from '@salesforce/label/c.Action_Cancel';
import saved from '@salesforce/label/c.Project_Saved';
import authorized from '@salesforce/label/c.Project_Authorized';
import authorizedDetail from '@salesforce/label/c.Project_Authorized_Detail';
import notAuthorized from '@salesforce/label/c.Project_Not_Authorized';
import notSaved from '@salesforce/label/c.Not_Saved';
import isSuspended from '@salesforce/label/c.Project_Is_Suspended';
import loading from '@salesforce/label/c.Loading';

export const labels = {
  newTitle,
  editTitle,
  addressSection,
  keysSection,
  name,
  endpoint,
  endpointHelp,
  keyId,
  secret,
  secretKept,
  secretHelp,
  check,
  openRemoteSites,
  save,
  saveAndAuthorize,
  cancel,
  saved,
  authorized,
  authorizedDetail,
  notAuthorized,
  notSaved,
  isSuspended,
  loading,
};
