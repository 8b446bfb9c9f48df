trigger CampaignMemberRules on CampaignMember(
    before insert,
    before update,
    after insert,
    after update,
    after delete
) {
    CustomerRules.run();
}
