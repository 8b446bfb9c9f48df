trigger LeadTransferTrigger on Lead(before insert, after insert, after update, after delete, after undelete) {
    TransferTrigger.run();
}
