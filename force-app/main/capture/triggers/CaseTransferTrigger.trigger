trigger CaseTransferTrigger on Case(after insert, after update, after delete, after undelete) {
    TransferTrigger.run();
}
