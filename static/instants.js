/* Adds to an instant in Brussels time what the reader's own clock shows, where it differs. */
(() => {
  "use strict";
  for (const time of document.querySelectorAll("time[data-here]")) {
    const at = new Date(time.dateTime), hour = { dateStyle: "medium", timeStyle: "short" };
    const theirs = new Intl.DateTimeFormat(document.documentElement.lang, hour).format(at);
    const brussels = new Intl.DateTimeFormat(document.documentElement.lang, { ...hour, timeZone: "Europe/Brussels" }).format(at);
    if (theirs !== brussels) time.append(` · ${time.dataset.here.replace("{instant}", theirs)}`);
  }
})();
