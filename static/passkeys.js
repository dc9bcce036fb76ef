// Says so when a passkey could not be used: allauth's scripts tell the console alone.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-error").hidden = false;
});
