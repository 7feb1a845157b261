// A river longer than the screen opens at now: its last check-in stands above the navigation.
const river = document.querySelector(".opens-at-now > .picture");
if (river && !window.location.hash) {
  const below = river.getBoundingClientRect().bottom - document.querySelector(".shore").getBoundingClientRect().top;
  if (below > 0) window.scrollBy({ top: below + 8, behavior: "instant" });
}
