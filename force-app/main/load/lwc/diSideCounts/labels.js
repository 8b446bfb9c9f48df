import run from '@salesforce/label/c.DI_Counts_Run';
import salesforce from '@salesforce/label/c.DI_Counts_Salesforce';
import withoutKey from '@salesforce/label/c.DI_Counts_Without_Key';
import inDi from '@salesforce/label/c.DI_Counts_Di';
import archived from '@salesforce/label/c.DI_Counts_Archived';
import rivals from '@salesforce/label/c.DI_Counts_Rivals';
import tooMany from '@salesforce/label/c.DI_Counts_Too_Many';
import failed from '@salesforce/label/c.DI_Counts_Failed';

export const labels = { run, salesforce, withoutKey, inDi, archived, rivals, tooMany, failed };
