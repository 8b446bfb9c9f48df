trigger DI_AccountTransferTrigger on Account(
    before insert,
    after insert,
    after update,
    after delete,
    after undelete
) {
    DI_TransferTrigger.run();
}
