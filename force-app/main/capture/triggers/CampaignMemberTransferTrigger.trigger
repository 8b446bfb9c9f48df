trigger CampaignMemberTransferTrigger on CampaignMember(after insert, after update, after delete) {
    TransferTrigger.run();
}
