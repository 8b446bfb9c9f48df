trigger UserTransferTrigger on User(after insert, after update) {
    TransferTrigger.run();
}
