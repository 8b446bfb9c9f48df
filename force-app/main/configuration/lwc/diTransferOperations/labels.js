import title from '@salesforce/label/c.Operations_Title';
import insert from '@salesforce/label/c.Operation_Insert';
import update from '@salesforce/label/c.Operation_Update';
import remove from '@salesforce/label/c.Operation_Delete';
import undelete from '@salesforce/label/c.Operation_Undelete';
import filterTitle from '@salesforce/label/c.Filter_Title';
import filterField from '@salesforce/label/c.Filter_Field';
import all from '@salesforce/label/c.Filter_All';
import whenUnchecked from '@salesforce/label/c.Filter_When_Unchecked';
import archive from '@salesforce/label/c.Filter_Archive';
import stop from '@salesforce/label/c.Filter_Stop';
import notLoaded from '@salesforce/label/c.Not_Loaded';

export const labels = {
  title,
  insert,
  update,
  remove,
  undelete,
  filterTitle,
  filterField,
  all,
  whenUnchecked,
  archive,
  stop,
  notLoaded,
};
