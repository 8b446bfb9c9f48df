trigger UserTransferTrigger on User(before insert, after insert, after update) {
    TransferTrigger.run();
}
