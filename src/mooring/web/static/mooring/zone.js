// Fills in the time zone of the person's device, so that “Thursday at 16:50” means theirs.
const zone = document.querySelector("input[name=zone]");
const known = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && known) zone.value = known;
