trigger DI_ContactTransferTrigger on Contact(
    before insert,
    after insert,
    after update,
    after delete,
    after undelete
) {
    DI_TransferTrigger.run();
}
