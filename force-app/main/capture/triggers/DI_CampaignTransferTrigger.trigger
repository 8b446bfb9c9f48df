trigger DI_CampaignTransferTrigger on Campaign(
    before insert,
    after insert,
    after update,
    after delete,
    after undelete
) {
    DI_TransferTrigger.run();
}
