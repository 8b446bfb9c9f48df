import newTitle from '@salesforce/label/c.DI_Transfer_New';
import editTitle from '@salesforce/label/c.DI_Project_Edit';
import steps from '@salesforce/label/c.DI_Wizard_Steps';
import stepObject from '@salesforce/label/c.DI_Wizard_Step_Object';
import stepFields from '@salesforce/label/c.DI_Wizard_Step_Fields';
import stepOperations from '@salesforce/label/c.DI_Wizard_Step_Operations';
import stepActivate from '@salesforce/label/c.DI_Wizard_Step_Activate';
import completeStep from '@salesforce/label/c.DI_Wizard_Complete_Step';
import chooseFields from '@salesforce/label/c.DI_Wizard_Choose_Fields';
import project from '@salesforce/label/c.DI_Transfer_Project';
import table from '@salesforce/label/c.DI_Transfer_Table';
import tableHelp from '@salesforce/label/c.DI_Transfer_Table_Help';
import refreshTables from '@salesforce/label/c.DI_Transfer_Refresh_Tables';
import tablesRefreshed from '@salesforce/label/c.DI_Transfer_Tables_Refreshed';
import name from '@salesforce/label/c.DI_Transfer_Name';
import defaultName from '@salesforce/label/c.DI_Transfer_Default_Name';
import back from '@salesforce/label/c.DI_Action_Back';
import next from '@salesforce/label/c.DI_Action_Next';
import cancel from '@salesforce/label/c.DI_Action_Cancel';
import close from '@salesforce/label/c.DI_Action_Close';
import loading from '@salesforce/label/c.DI_Loading';
import notLoaded from '@salesforce/label/c.DI_Not_Loaded';
import notSaved from '@salesforce/label/c.DI_Not_Saved';
import saved from '@salesforce/label/c.DI_Transfer_Saved';
import activated from '@salesforce/label/c.DI_Transfer_Activated';
import applied from '@salesforce/label/c.DI_Transfer_Applied';
import appliedDetail from '@salesforce/label/c.DI_Transfer_Applied_Detail';
import activatedDetail from '@salesforce/label/c.DI_Transfer_Activated_Detail';

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
  applied,
  appliedDetail,
};
