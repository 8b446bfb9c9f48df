trigger AccountRules on Account(before insert, before update, after insert, after update, after delete) {
    CustomerRules.run();
}
