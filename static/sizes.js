/* Says of a file that it is too large before it is sent: on a slow line that saves half an hour. What it
   says, and the limit, stand with the script; without this file the server says it after. */
(() => {
  "use strict";
  const { largest, tooLarge } = document.currentScript.dataset;

  function tell(input) {
    const large = [...input.files].filter((file) => file.size > largest);
    let said = input.parentElement.querySelector("[data-large]");
    if (!said) {
      said = document.createElement("p");
      said.dataset.large = "";
      said.className = "trouble";
      said.setAttribute("role", "alert");
      input.after(said);
    }
    said.textContent = large.map((file) => `${file.name}: ${tooLarge}`).join(" ");
    return large.length > 0;
  }

  document.addEventListener("change", (event) => { if (event.target.type === "file") tell(event.target); });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-files]")) return;  // it leaves out what is too large by itself
    for (const input of event.target.querySelectorAll("input[type=file]")) {
      if (tell(input)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        input.focus();
      }
    }
  }, true);
})();
