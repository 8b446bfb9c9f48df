trigger CaseTransferTrigger on Case(before insert, after insert, after update, after delete, after undelete) {
    TransferTrigger.run();
}
