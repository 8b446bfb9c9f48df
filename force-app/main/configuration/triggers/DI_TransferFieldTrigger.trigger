trigger DI_TransferFieldTrigger on DI_Transfer_Field__c(before insert, before update) {
    DI_FieldVisibility.check(Trigger.new);
}
