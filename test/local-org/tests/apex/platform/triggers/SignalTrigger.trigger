trigger SignalTrigger on Signal__e(after insert) {
    for (Signal__e each : Trigger.new) {
        insert new Account(Name = each.Text__c);
    }
}
