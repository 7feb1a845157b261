// A river longer than the screen opens at now. With something to read above it, it opens at the top.
const picture = document.querySelector(".opens-at-now > .picture");
const told = document.querySelector("#messages")?.textContent.trim();
if (picture && !told && !window.location.hash) picture.scrollIntoView({ block: "end" });
