/* Adds to an instant in Brussels time what the reader's own clock shows, where it differs. */
(() => {
  "use strict";
  // English is British here: 11 February 2027 at 22:59. As long as the date beside it. Arabic has
  // the digits and the hours of the page, Portuguese is that of Portugal.
  const ours = { en: "en-GB", pt: "pt-PT", ar: "ar-u-hc-h23-nu-latn" };
  const page = document.documentElement.lang, language = ours[page] ?? page;
  for (const time of document.querySelectorAll("time[data-here]")) {
    const at = new Date(time.dateTime), hour = { dateStyle: "long", timeStyle: "short" };
    const words = (zone) => {
      const format = new Intl.DateTimeFormat(language, { ...hour, timeZone: zone });
      return page === "fr" ? format.format(at).replace(/^1 /, "1er ") : format.format(at);
    };
    const theirs = words(), brussels = words("Europe/Brussels");
    if (theirs !== brussels) time.append(` · ${time.dataset.here.replace("{instant}", theirs)}`);
  }
})();
