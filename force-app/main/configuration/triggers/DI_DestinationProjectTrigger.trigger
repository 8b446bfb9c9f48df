trigger DI_DestinationProjectTrigger on DI_Destination_Project__c(
    before insert,
    before update,
    after update,
    after delete
) {
    DI_ProjectProtection.handle(Trigger.operationType, Trigger.new, Trigger.oldMap);
}
