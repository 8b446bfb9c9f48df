trigger LeadAsks on Lead(before insert) {
    Integer waiting = [SELECT COUNT() FROM DI_Outbox__c WHERE Status__c = 'Pending'];
    if (waiting < 0) {
        Trigger.new[0].addError('never');
    }
}
