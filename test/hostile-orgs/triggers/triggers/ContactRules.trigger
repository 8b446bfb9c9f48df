trigger ContactRules on Contact(before insert, before update, after insert, after update, after delete) {
    CustomerRules.run();
}
