trigger OpportunityTransferTrigger on Opportunity(after insert, after update, after delete, after undelete) {
    TransferTrigger.run();
}
