// Says in the page's message region that an htmx request failed: htmx itself stays silent.
function unreached() {
  const region = document.getElementById("messages");
  if (!region) return;
  const line = document.createElement("p");
  line.className = "message";
  line.textContent = region.dataset.unreached;
  region.replaceChildren(line);
}
document.addEventListener("htmx:sendError", unreached);
document.addEventListener("htmx:responseError", unreached);
