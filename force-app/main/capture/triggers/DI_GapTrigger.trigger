trigger DI_GapTrigger on DI_Gap__e(after insert) {
    DI_CaptureGap.receive(Trigger.new);
}
