trigger CaseRules on Case(before insert, before update, after insert, after update, after delete) {
    CustomerRules.run();
}
