/* Tells when a translation is there; without this file the button reloads the page. */
(() => {
  "use strict";
  for (const line of document.querySelectorAll("[data-reading]")) {
    let left = 60;  // five minutes

    async function ask() {
      let told = {};
      try {
        told = await (await fetch(line.dataset.reading, { headers: { Accept: "application/json" } })).json();
      } catch { /* the line was cut: asked again */ }
      if (told.waiting === 0) line.querySelector("span").textContent = line.dataset.ready;
      else if (--left) setTimeout(ask, 5000);
    }

    setTimeout(ask, 2000);
  }
})();
