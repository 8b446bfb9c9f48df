trigger DI_UserTransferTrigger on User(before insert, after insert, after update) {
    DI_TransferTrigger.run();
}
