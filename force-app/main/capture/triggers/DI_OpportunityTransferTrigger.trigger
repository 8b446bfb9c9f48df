trigger DI_OpportunityTransferTrigger on Opportunity(
    before insert,
    after insert,
    after update,
    after delete,
    after undelete
) {
    DI_TransferTrigger.run();
}
