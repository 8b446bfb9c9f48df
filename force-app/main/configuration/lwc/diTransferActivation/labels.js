import summary from '@salesforce/label/c.Summary_Title';
import object from '@salesforce/label/c.Transfer_Object';
import table from '@salesforce/label/c.Transfer_Table';
import fields from '@salesforce/label/c.Transfer_Fields';
import operations from '@salesforce/label/c.Operations_Title';
import insert from '@salesforce/label/c.Operation_Insert';
import update from '@salesforce/label/c.Operation_Update';
import remove from '@salesforce/label/c.Operation_Delete';
import undelete from '@salesforce/label/c.Operation_Undelete';
import filter from '@salesforce/label/c.Filter_Title';
import all from '@salesforce/label/c.Filter_All';
import testTitle from '@salesforce/label/c.Test_Title';
import testHint from '@salesforce/label/c.Test_Hint';
import testRun from '@salesforce/label/c.Test_Run';
import testAccepted from '@salesforce/label/c.Test_Accepted';
import testRefused from '@salesforce/label/c.Test_Refused';
import field from '@salesforce/label/c.Fields_Column_Field';
import value from '@salesforce/label/c.Test_Value';
import record from '@salesforce/label/c.Test_Record';
import activate from '@salesforce/label/c.Transfer_Activate';
import activated from '@salesforce/label/c.Transfer_Activated';
import notActivated from '@salesforce/label/c.Transfer_Not_Activated';
import loading from '@salesforce/label/c.Loading';
import notLoaded from '@salesforce/label/c.Not_Loaded';

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
  activated,
  notActivated,
  loading,
  notLoaded,
};
