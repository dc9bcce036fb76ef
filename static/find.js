/* The key / leads to the search box of the desk, unless somebody is typing. Pages work without this file. */
(() => {
  "use strict";
  const box = document.getElementById("find");
  if (!box) return;
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target;
    if (at.isContentEditable || at.matches("input, textarea, select")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
})();
