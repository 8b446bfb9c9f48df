import title from '@salesforce/label/c.DI_Filter_Conditions';
import field from '@salesforce/label/c.DI_Filter_Condition_Field';
import operator from '@salesforce/label/c.DI_Filter_Condition_Operator';
import value from '@salesforce/label/c.DI_Filter_Condition_Value';
import valuesHelp from '@salesforce/label/c.DI_Filter_Condition_Values_Help';
import add from '@salesforce/label/c.DI_Filter_Condition_Add';
import remove from '@salesforce/label/c.DI_Filter_Condition_Remove';
import yes from '@salesforce/label/c.DI_Filter_Yes';
import no from '@salesforce/label/c.DI_Filter_No';

export const labels = { title, field, operator, value, valuesHelp, add, remove, yes, no };
