// Says when a passkey gave no answer, and takes the button away where the browser knows no passkeys.
const unheard = document.querySelector("[data-passkey-unheard]");

document.addEventListener("allauth.error", (event) => {
  if (!unheard) return;
  event.preventDefault();
  unheard.hidden = false;
});

if (!window.PublicKeyCredential) {
  for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = true;
}
