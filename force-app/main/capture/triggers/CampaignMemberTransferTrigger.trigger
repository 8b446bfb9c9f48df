trigger CampaignMemberTransferTrigger on CampaignMember(
    before insert,
    after insert,
    after update,
    after delete
) {
    TransferTrigger.run();
}
