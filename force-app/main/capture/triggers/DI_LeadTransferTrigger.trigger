trigger DI_LeadTransferTrigger on Lead(
    before insert,
    after insert,
    after update,
    after delete,
    after undelete
) {
    DI_TransferTrigger.run();
}
