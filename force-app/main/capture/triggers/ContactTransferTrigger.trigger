trigger ContactTransferTrigger on Contact(after insert, after update, after delete, after undelete) {
    TransferTrigger.run();
}
