// Quick exit without waiting for us: the page vanishes, the exit's page takes its place in the history, and the
// signing out travels behind. Escape pressed twice does the same. Without this file the form still works.
const form = document.getElementById("leave");

function leave(event) {
  event?.preventDefault();
  document.documentElement.hidden = true;
  document.title = "";
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, redirect: "manual" }).catch(() => {});
  window.location.replace(form.dataset.exit);
}

if (form) {
  let escaped = -Infinity;
  form.addEventListener("submit", leave);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - escaped < 800) leave();
    escaped = event.timeStamp;
  });
}
