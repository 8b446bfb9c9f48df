import newTitle from '@salesforce/label/c.Transfer_New';
import editTitle from '@salesforce/label/c.Project_Edit';
import steps from '@salesforce/label/c.Wizard_Steps';
import stepObject from '@salesforce/label/c.Wizard_Step_Object';
import stepFields from '@salesforce/label/c.Wizard_Step_Fields';
import stepOperations from '@salesforce/label/c.Wizard_Step_Operations';
import stepActivate from '@salesforce/label/c.Wizard_Step_Activate';
import completeStep from '@salesforce/label/c.Wizard_Complete_Step';
import chooseFields from '@salesforce/label/c.Wizard_Choose_Fields';
import project from '@salesforce/label/c.Transfer_Project';
import table from '@salesforce/label/c.Transfer_Table';
import tableHelp from '@salesforce/label/c.Transfer_Table_Help';
import refreshTables from '@salesforce/label/c.Transfer_Refresh_Tables';
import tablesRefreshed from '@salesforce/label/c.Transfer_Tables_Refreshed';
import name from '@salesforce/label/c.Transfer_Name';
import defaultName from '@salesforce/label/c.Transfer_Default_Name';
import back from '@salesforce/label/c.Action_Back';
import next from '@salesforce/label/c.Action_Next';
import cancel from '@salesforce/label/c.Action_Cancel';
import close from '@salesforce/label/c.Action_Close';
import loading from '@salesforce/label/c.Loading';
import notLoaded from '@salesforce/label/c.Not_Loaded';
import notSaved from '@salesforce/label/c.Not_Saved';
import saved from '@salesforce/label/c.Transfer_Saved';
import activated from '@salesforce/label/c.Transfer_Activated';
import activatedDetail from '@salesforce/label/c.Transfer_Activated_Detail';

export const labels = {
  newTitle,
  editTitle,
  steps,
  stepObject,
  stepFields,
  stepOperations,
  stepActivate,
  completeStep,
  chooseFields,
  project,
  table,
  tableHelp,
  refreshTables,
  tablesRefreshed,
  name,
  defaultName,
  back,
  next,
  cancel,
  close,
  loading,
  notLoaded,
  notSaved,
  saved,
  activated,
  activatedDetail,
};
