import summary from '@salesforce/label/c.DI_Summary_Title';
import object from '@salesforce/label/c.DI_Transfer_Object';
import table from '@salesforce/label/c.DI_Transfer_Table';
import fields from '@salesforce/label/c.DI_Transfer_Fields';
import operations from '@salesforce/label/c.DI_Operations_Title';
import insert from '@salesforce/label/c.DI_Operation_Insert';
import update from '@salesforce/label/c.DI_Operation_Update';
import remove from '@salesforce/label/c.DI_Operation_Delete';
import undelete from '@salesforce/label/c.DI_Operation_Undelete';
import filter from '@salesforce/label/c.DI_Filter_Title';
import all from '@salesforce/label/c.DI_Filter_All';
import testTitle from '@salesforce/label/c.DI_Test_Title';
import testHint from '@salesforce/label/c.DI_Test_Hint';
import testRun from '@salesforce/label/c.DI_Test_Run';
import testAccepted from '@salesforce/label/c.DI_Test_Accepted';
import testRefused from '@salesforce/label/c.DI_Test_Refused';
import field from '@salesforce/label/c.DI_Fields_Column_Field';
import value from '@salesforce/label/c.DI_Test_Value';
import record from '@salesforce/label/c.DI_Test_Record';
import activate from '@salesforce/label/c.DI_Transfer_Activate';
import apply from '@salesforce/label/c.DI_Transfer_Apply';
import goesOn from '@salesforce/label/c.DI_Transfer_Goes_On';
import notApplied from '@salesforce/label/c.DI_Transfer_Not_Applied';
import notActivated from '@salesforce/label/c.DI_Transfer_Not_Activated';
import loading from '@salesforce/label/c.DI_Loading';
import notLoaded from '@salesforce/label/c.DI_Not_Loaded';

export const labels = {
  summary,
  object,
  table,
  fields,
  operations,
  insert,
  update,
  remove,
  undelete,
  filter,
  all,
  testTitle,
  testHint,
  testRun,
  testAccepted,
  testRefused,
  field,
  value,
  record,
  activate,
  apply,
  goesOn,
  notApplied,
  notActivated,
  loading,
  notLoaded,
};
