trigger DataTransferTrigger on DI_Data_Transfer__c(before insert, before update) {
    TransferValidation.check(Trigger.new, Trigger.oldMap);
}
