import title from '@salesforce/label/c.Transfers_Title';
import empty from '@salesforce/label/c.Transfers_Empty';
import emptyHint from '@salesforce/label/c.Transfers_Empty_Hint';
import noProjectHint from '@salesforce/label/c.Transfers_No_Project_Hint';
import name from '@salesforce/label/c.Transfer_Name';
import project from '@salesforce/label/c.Transfer_Project';
import object from '@salesforce/label/c.Transfer_Object';
import table from '@salesforce/label/c.Transfer_Table';
import fields from '@salesforce/label/c.Transfer_Fields';
import status from '@salesforce/label/c.Status';
import create from '@salesforce/label/c.Action_New';
import edit from '@salesforce/label/c.Action_Edit';
import activate from '@salesforce/label/c.Transfer_Activate';
import pause from '@salesforce/label/c.Transfer_Pause';
import activated from '@salesforce/label/c.Transfer_Activated';
import activatedDetail from '@salesforce/label/c.Transfer_Activated_Detail';
import wasPaused from '@salesforce/label/c.Transfer_Was_Paused';
import notActivated from '@salesforce/label/c.Transfer_Not_Activated';
import load from '@salesforce/label/c.Load_Title';
import loading from '@salesforce/label/c.Loading';
import notLoaded from '@salesforce/label/c.Not_Loaded';
import tryAgain from '@salesforce/label/c.Action_Try_Again';

export const labels = {
  title,
  empty,
  emptyHint,
  noProjectHint,
  name,
  project,
  object,
  table,
  fields,
  status,
  create,
  edit,
  activate,
  pause,
  activated,
  activatedDetail,
  wasPaused,
  notActivated,
  load,
  loading,
  notLoaded,
  tryAgain,
};
