/* Looks again, every two seconds, at what a worker is still doing; without it a link does. */
(() => {
  "use strict";
  const look = async () => {
    const region = document.getElementById("progress");
    if (!region || !("waits" in region.dataset)) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById("progress");
      if (now && now.innerHTML !== region.innerHTML) region.replaceWith(document.adoptNode(now));
    } catch { /* the line is down: look later */ }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
})();
