trigger DI_DataTransferTrigger on DI_Data_Transfer__c(before insert, before update) {
    DI_TransferValidation.check(Trigger.new, Trigger.oldMap);
}
