trigger CampaignTransferTrigger on Campaign(after insert, after update, after delete, after undelete) {
    TransferTrigger.run();
}
