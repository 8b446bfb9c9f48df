trigger DI_WakeTrigger on DI_Wake__e(after insert) {
    DI_OutboxWake.receive(Trigger.new);
}
