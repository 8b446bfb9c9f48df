trigger LeadTransferTrigger on Lead(after insert, after update, after delete, after undelete) {
    TransferTrigger.run();
}
