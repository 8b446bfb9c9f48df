trigger OpportunityTransferTrigger on Opportunity(
    before insert,
    after insert,
    after update,
    after delete,
    after undelete
) {
    TransferTrigger.run();
}
