// A river longer than the screen opens at now: with its words below it, its last check-in stands at the foot.
const river = document.querySelector(".opens-at-now");
if (river && !window.location.hash) river.scrollIntoView({ block: "end" });
