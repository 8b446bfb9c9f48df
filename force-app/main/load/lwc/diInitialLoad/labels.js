import title from '@salesforce/label/c.Load_Title';
import hint from '@salesforce/label/c.Load_Hint';
import start from '@salesforce/label/c.Load_Start';
import pause from '@salesforce/label/c.Load_Pause';
import resume from '@salesforce/label/c.Load_Resume';
import cancel from '@salesforce/label/c.Load_Cancel';
import again from '@salesforce/label/c.Load_Again';
import counting from '@salesforce/label/c.Load_Counting';
import running from '@salesforce/label/c.Load_Running';
import paused from '@salesforce/label/c.Load_Paused';
import cancelled from '@salesforce/label/c.Load_Cancelled';
import stopped from '@salesforce/label/c.Load_Failed';
import done from '@salesforce/label/c.Load_Done';
import waiting from '@salesforce/label/c.Load_Waiting';
import withoutKey from '@salesforce/label/c.Load_Without_Key';
import failed from '@salesforce/label/c.Load_Set_Aside';
import reconciling from '@salesforce/label/c.Load_Reconciling';
import reconciled from '@salesforce/label/c.Load_Reconciled';
import reconcileCancelled from '@salesforce/label/c.Load_Reconcile_Cancelled';
import reconcileStopped from '@salesforce/label/c.Load_Reconcile_Stopped';
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
  again,
  counting,
  running,
  paused,
  cancelled,
  stopped,
  done,
  waiting,
  withoutKey,
  failed,
  reconciling,
  reconciled,
  reconcileCancelled,
  reconcileStopped,
  progress,
  notSaved,
  loading,
  close,
};
