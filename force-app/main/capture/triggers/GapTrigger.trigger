trigger GapTrigger on DI_Gap__e(after insert) {
    CaptureGap.receive(Trigger.new);
}
