// Shows the print buttons, which do nothing without this file: the browser's own command prints the page too.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
