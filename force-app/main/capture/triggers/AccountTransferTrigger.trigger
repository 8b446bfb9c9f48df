trigger AccountTransferTrigger on Account(
    before insert,
    after insert,
    after update,
    after delete,
    after undelete
) {
    TransferTrigger.run();
}
