trigger CampaignTransferTrigger on Campaign(
    before insert,
    after insert,
    after update,
    after delete,
    after undelete
) {
    TransferTrigger.run();
}
