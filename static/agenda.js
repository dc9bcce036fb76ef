/* Keeps this one page for when the line is down: a worker of its own, for this address alone. */
(() => {
  "use strict";
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/agenda-worker.js", { scope: location.pathname });
})();
