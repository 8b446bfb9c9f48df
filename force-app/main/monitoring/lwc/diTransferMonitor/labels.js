import title from '@salesforce/label/c.Monitor_Title';
import empty from '@salesforce/label/c.Monitor_Empty';
import noProjectHint from '@salesforce/label/c.Transfers_No_Project_Hint';
import project from '@salesforce/label/c.Transfer_Project';
import notCaptured from '@salesforce/label/c.Monitor_Not_Captured';
import notCapturedDetail from '@salesforce/label/c.Monitor_Not_Captured_Detail';
import captureUnknown from '@salesforce/label/c.Transfer_Capture_Unknown';
import notSwept from '@salesforce/label/c.Monitor_Not_Swept';
import notSweptDetail from '@salesforce/label/c.Monitor_Not_Swept_Detail';
import scheduleAgain from '@salesforce/label/c.Monitor_Schedule_Again';
import scheduled from '@salesforce/label/c.Monitor_Scheduled';
import gap from '@salesforce/label/c.Monitor_Gap';
import gapDetail from '@salesforce/label/c.Monitor_Gap_Detail';
import inStep from '@salesforce/label/c.Monitor_In_Step';
import inStepDetail from '@salesforce/label/c.Monitor_In_Step_Detail';
import sending from '@salesforce/label/c.Monitor_Sending';
import sendingDetail from '@salesforce/label/c.Monitor_Sending_Detail';
import behind from '@salesforce/label/c.Monitor_Behind';
import behindDetail from '@salesforce/label/c.Monitor_Behind_Detail';
import held from '@salesforce/label/c.Monitor_Held';
import heldDetail from '@salesforce/label/c.Monitor_Held_Detail';
import failing from '@salesforce/label/c.Monitor_Failing';
import failingDetail from '@salesforce/label/c.Monitor_Failing_Detail';
import stopped from '@salesforce/label/c.Monitor_Stopped';
import stoppedDetail from '@salesforce/label/c.Monitor_Stopped_Detail';
import waiting from '@salesforce/label/c.Monitor_Waiting';
import oldest from '@salesforce/label/c.Monitor_Oldest';
import nothingWaits from '@salesforce/label/c.Monitor_Nothing_Waits';
import lastSuccess from '@salesforce/label/c.Monitor_Last_Success';
import lastRun from '@salesforce/label/c.Monitor_Last_Run';
import failed from '@salesforce/label/c.Monitor_Failed';
import activeTransfers from '@salesforce/label/c.Monitor_Active_Transfers';
import retryAll from '@salesforce/label/c.Monitor_Retry_All';
import asked from '@salesforce/label/c.Monitor_Asked';
import retried from '@salesforce/label/c.Monitor_Retried';
import limits from '@salesforce/label/c.Monitor_Limits';
import limitUse from '@salesforce/label/c.Monitor_Limit_Use';
import limitAsync from '@salesforce/label/c.Limit_Async';
import limitEvents from '@salesforce/label/c.Limit_Events';
import limitStorage from '@salesforce/label/c.Limit_Storage';
import never from '@salesforce/label/c.Never';
import refresh from '@salesforce/label/c.Action_Refresh';
import tryAgain from '@salesforce/label/c.Action_Try_Again';
import loading from '@salesforce/label/c.Loading';
import notLoaded from '@salesforce/label/c.Not_Loaded';
import notSaved from '@salesforce/label/c.Not_Saved';

export const labels = {
  title,
  empty,
  noProjectHint,
  project,
  notCaptured,
  notCapturedDetail,
  captureUnknown,
  notSwept,
  notSweptDetail,
  scheduleAgain,
  scheduled,
  gap,
  gapDetail,
  inStep,
  inStepDetail,
  sending,
  sendingDetail,
  behind,
  behindDetail,
  held,
  heldDetail,
  failing,
  failingDetail,
  stopped,
  stoppedDetail,
  waiting,
  oldest,
  nothingWaits,
  lastSuccess,
  lastRun,
  failed,
  activeTransfers,
  retryAll,
  asked,
  retried,
  limits,
  limitUse,
  limitAsync,
  limitEvents,
  limitStorage,
  never,
  refresh,
  tryAgain,
  loading,
  notLoaded,
  notSaved,
};
