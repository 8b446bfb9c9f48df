trigger OpportunityRules on Opportunity(
    before insert,
    before update,
    after insert,
    after update,
    after delete
) {
    CustomerRules.run();
}
