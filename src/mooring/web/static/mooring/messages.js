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

// A whole page from somewhere else (signed out meanwhile, sent in another tab) is a page of its own, not a part of
// this one. A part taken out of the very page that was asked for is what it is meant to be.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  const asked = new URL(pathInfo.finalRequestPath, window.location.href).pathname;
  if (!/<html/i.test(xhr.responseText) || new URL(xhr.responseURL).pathname === asked) return;
  event.detail.shouldSwap = false;
  window.location.assign(xhr.responseURL);
});
