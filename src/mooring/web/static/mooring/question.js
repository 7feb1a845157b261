// One question of a check-in by keyboard, and calm after a tap. Everything here works without this file.
// Number keys move to a stop and arrows along the rope; Enter or space answers. Nothing is answered by a key alone,
// and they are listened to only while the question itself has the focus.
const TYPING = "input, textarea, select, [contenteditable]";
let digits = { text: "", at: -Infinity };
let arrived = -Infinity;

const stops = () => [...document.querySelectorAll(".stop")];

function along(event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const here = stops().indexOf(document.activeElement);
  if (!step || here < 0) return;
  event.preventDefault();
  stops()[Math.max(0, Math.min(here + step, stops().length - 1))].focus();
}

function toNumber(event) {
  if (!/^[0-9]$/.test(event.key)) return;
  const joined = event.timeStamp - digits.at < 700 ? digits.text + event.key : event.key;
  const named = (text) => stops().find((stop) => stop.value === text);
  const stop = named(joined) ?? named(event.key);
  digits = { text: stop?.value ?? "", at: event.timeStamp };
  stop?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!event.target.closest("#step") || event.target.closest(TYPING)) return;
  along(event);
  toNumber(event);
});

// The second tap of a double tap must not answer the question that has come meanwhile.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "step") arrived = event.timeStamp;
});
document.addEventListener("click", (event) => {
  if (event.timeStamp - arrived < 400 && event.target.closest("#step button")) event.preventDefault();
}, true);
