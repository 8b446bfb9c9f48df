trigger WakeTrigger on DI_Wake__e(after insert) {
    OutboxDrain.wakeAll();
}
