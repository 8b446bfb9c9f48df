/** A customer's own rule: raw numbers are written in the company's way. */
trigger PhoneRules on Contact(before insert, before update) {
    for (Contact each : Trigger.new) {
        if (each.Phone != null && each.Phone.startsWith('raw ')) {
            each.Phone = 'own ' + each.Phone.removeStart('raw ');
        }
    }
}
