import title from '@salesforce/label/c.DI_Operations_Title';
import insert from '@salesforce/label/c.DI_Operation_Insert';
import update from '@salesforce/label/c.DI_Operation_Update';
import remove from '@salesforce/label/c.DI_Operation_Delete';
import undelete from '@salesforce/label/c.DI_Operation_Undelete';
import filterTitle from '@salesforce/label/c.DI_Filter_Title';
import filterField from '@salesforce/label/c.DI_Filter_Field';
import all from '@salesforce/label/c.DI_Filter_All';
import whenUnchecked from '@salesforce/label/c.DI_Filter_When_Unchecked';
import archive from '@salesforce/label/c.DI_Filter_Archive';
import stop from '@salesforce/label/c.DI_Filter_Stop';
import notLoaded from '@salesforce/label/c.DI_Not_Loaded';

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
