trigger ContactTransferTrigger on Contact(
    before insert,
    after insert,
    after update,
    after delete,
    after undelete
) {
    TransferTrigger.run();
}
