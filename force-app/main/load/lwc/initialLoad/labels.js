import title from '@salesforce/label/c.Load_Title';
import hint from '@salesforce/label/c.Load_Hint';
import start from '@salesforce/label/c.Load_Start';
import pause from '@salesforce/label/c.Load_Pause';
import resume from '@salesforce/label/c.Load_Resume';
import cancel from '@salesforce/label/c.Load_Cancel';
import progress from '@salesforce/label/c.Load_Progress';
import notSaved from '@salesforce/label/c.Not_Saved';
import loading from '@salesforce/label/c.Loading';
import close from '@salesforce/label/c.Action_Close';

export const labels = {
  title,
  hint,
  start,
  pause,
  resume,
  cancel,
  progress,
  notSaved,
  loading,
  close,
};
