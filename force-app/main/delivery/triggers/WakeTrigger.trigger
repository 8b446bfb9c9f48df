trigger WakeTrigger on DI_Wake__e(after insert) {
    OutboxWake.receive(Trigger.new);
}
