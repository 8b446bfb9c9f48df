import title from '@salesforce/label/c.Projects_Title';
import empty from '@salesforce/label/c.Projects_Empty';
import emptyHint from '@salesforce/label/c.Projects_Empty_Hint';
import name from '@salesforce/label/c.Project_Name';
import endpoint from '@salesforce/label/c.Project_Endpoint';
import code from '@salesforce/label/c.Project_Code';
import status from '@salesforce/label/c.Status';
import lastAuthorized from '@salesforce/label/c.Project_Last_Authorized';
import transfers from '@salesforce/label/c.Project_Transfers';
import create from '@salesforce/label/c.Action_New';
import edit from '@salesforce/label/c.Action_Edit';
import authorize from '@salesforce/label/c.Project_Authorize';
import authorizeAgain from '@salesforce/label/c.Project_Authorize_Again';
import isSuspended from '@salesforce/label/c.Project_Is_Suspended';
import loading from '@salesforce/label/c.Loading';
import notLoaded from '@salesforce/label/c.Not_Loaded';
import tryAgain from '@salesforce/label/c.Action_Try_Again';

export const labels = {
  title,
  empty,
  emptyHint,
  name,
  endpoint,
  code,
  status,
  lastAuthorized,
  transfers,
  create,
  edit,
  authorize,
  authorizeAgain,
  isSuspended,
  loading,
  notLoaded,
  tryAgain,
};
