trigger CampaignRules on Campaign(before insert, before update, after insert, after update, after delete) {
    CustomerRules.run();
}
