import available from '@salesforce/label/c.Fields_Available';
import selected from '@salesforce/label/c.Fields_Selected';
import fields from '@salesforce/label/c.Transfer_Fields';
import parent from '@salesforce/label/c.Fields_Parent';
import parentHelp from '@salesforce/label/c.Fields_Parent_Help';
import none from '@salesforce/label/c.None';
import checkTitle from '@salesforce/label/c.Fields_Check_Title';
import columnField from '@salesforce/label/c.Fields_Column_Field';
import columnType from '@salesforce/label/c.Fields_Column_Type';
import columnTarget from '@salesforce/label/c.Fields_Column_Target';
import columnKey from '@salesforce/label/c.Fields_Column_Key';
import columnWritten from '@salesforce/label/c.Fields_Column_Written';
import columnCheck from '@salesforce/label/c.Fields_Column_Check';
import keyOf from '@salesforce/label/c.Fields_Key_Of';
import writtenOf from '@salesforce/label/c.Fields_Written_Of';
import writtenHelp from '@salesforce/label/c.Fields_Written_Help';
import noneYet from '@salesforce/label/c.Fields_None_Yet';
import error from '@salesforce/label/c.Severity_Error';
import warning from '@salesforce/label/c.Severity_Warning';
import fits from '@salesforce/label/c.Severity_Fits';
import loading from '@salesforce/label/c.Loading';
import notLoaded from '@salesforce/label/c.Not_Loaded';
import tryAgain from '@salesforce/label/c.Action_Try_Again';

export const labels = {
  available,
  selected,
  fields,
  parent,
  parentHelp,
  none,
  checkTitle,
  columnField,
  columnType,
  columnTarget,
  columnKey,
  columnWritten,
  columnCheck,
  keyOf,
  writtenOf,
  writtenHelp,
  noneYet,
  error,
  warning,
  fits,
  loading,
  notLoaded,
  tryAgain,
};
