trigger TransferFieldTrigger on DI_Transfer_Field__c(before insert, before update) {
    FieldVisibility.check(Trigger.new);
}
