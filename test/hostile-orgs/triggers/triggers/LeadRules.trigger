trigger LeadRules on Lead(before insert, before update, after insert, after update, after delete) {
    CustomerRules.run();
}
