trigger DI_CampaignMemberTransferTrigger on CampaignMember(
    before insert,
    after insert,
    after update,
    after delete
) {
    DI_TransferTrigger.run();
}
