trigger AccountTransferTrigger on Account(after insert, after update, after delete, after undelete) {
    TransferTrigger.run();
}
