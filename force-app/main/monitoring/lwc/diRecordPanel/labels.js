import title from '@salesforce/label/c.DI_Record_Title';
import noAccess from '@salesforce/label/c.DI_Not_Permitted_To_View';
import noTransfer from '@salesforce/label/c.DI_Record_No_Transfer';
import sent from '@salesforce/label/c.DI_Record_Sent';
import waits from '@salesforce/label/c.DI_Record_Waits';
import triedAgain from '@salesforce/label/c.DI_Record_Tried_Again';
import setAside from '@salesforce/label/c.DI_Record_Set_Aside';
import refused from '@salesforce/label/c.DI_Record_Refused';
import refusedField from '@salesforce/label/c.DI_Record_Refused_Field';
import unsure from '@salesforce/label/c.DI_Record_Unsure';
import inactive from '@salesforce/label/c.DI_Record_Inactive';
import sendNow from '@salesforce/label/c.DI_Record_Send_Now';
import onItsWay from '@salesforce/label/c.DI_Record_On_Its_Way';
import ask from '@salesforce/label/c.DI_Record_Ask';
import notAsked from '@salesforce/label/c.DI_Record_Not_Asked';
import inDi from '@salesforce/label/c.DI_Record_In_Di';
import nowhere from '@salesforce/label/c.DI_Record_Nowhere';
import current from '@salesforce/label/c.DI_Record_Current';
import archived from '@salesforce/label/c.DI_Record_Archived';
import rival from '@salesforce/label/c.DI_Record_Rival';
import outdated from '@salesforce/label/c.DI_Record_Outdated';
import inDiSince from '@salesforce/label/c.DI_Record_Since';
import written from '@salesforce/label/c.DI_Record_Written';
import optIns from '@salesforce/label/c.DI_Record_Opt_Ins';
import optIn from '@salesforce/label/c.DI_Record_Opt_In';
import granted from '@salesforce/label/c.DI_Consent_Granted';
import pending from '@salesforce/label/c.DI_Consent_Pending';
import withdrawn from '@salesforce/label/c.DI_Consent_Withdrawn';
import neverAsked from '@salesforce/label/c.DI_Consent_Never_Asked';
import refresh from '@salesforce/label/c.DI_Action_Refresh';
import loading from '@salesforce/label/c.DI_Loading';
import notLoaded from '@salesforce/label/c.DI_Not_Loaded';
import notSaved from '@salesforce/label/c.DI_Not_Saved';

export const labels = {
  title,
  noAccess,
  noTransfer,
  sent,
  waits,
  triedAgain,
  setAside,
  refused,
  refusedField,
  unsure,
  inactive,
  sendNow,
  onItsWay,
  ask,
  notAsked,
  inDi,
  nowhere,
  current,
  archived,
  rival,
  outdated,
  inDiSince,
  written,
  optIns,
  optIn,
  granted,
  pending,
  withdrawn,
  neverAsked,
  refresh,
  loading,
  notLoaded,
  notSaved,
};
