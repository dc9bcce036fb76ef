/* Sends files one by one, each with its progress; one that fails holds back no other and can be sent
   again. Without this file the form sends them all at once. Words come from templates. */
(() => {
  "use strict";

  function send(form, file, line) {
    const bar = line.querySelector("progress"), said = line.querySelector("span");
    const body = new FormData(form);
    body.delete("file");
    body.append("file", file);
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
      request.addEventListener("loadend", () => {
        bar.remove();
        let told = {};
        try { told = JSON.parse(request.responseText); } catch { /* the line was cut, or the session ended */ }
        const kept = request.status === 200 && Array.isArray(told.refused);
        said.textContent = kept ? `${file.name}: ${form.dataset.kept}` : told.refused?.join(" ") ?? `${file.name}: ${form.dataset.down}`;
        said.classList.toggle("trouble", !kept);
        done(kept);
      });
      request.send(body);
    });
  }

  for (const form of document.querySelectorAll("form[data-files]")) {
    form.addEventListener("submit", async (event) => {
      const input = form.elements.file, list = form.querySelector("[data-sending]"), button = form.querySelector("button");
      if (!input.files.length) return;
      event.preventDefault();
      button.disabled = true;
      list.replaceChildren();
      let kept = 0;
      for (const file of input.files) {
        const line = document.createElement("li"), said = document.createElement("span"), bar = document.createElement("progress");
        said.textContent = file.name;
        bar.max = 1;
        bar.value = 0;
        bar.setAttribute("aria-label", file.name);
        line.append(said, " ", bar);
        list.append(line);
        kept += await send(form, file, line);
      }
      button.disabled = false;
      if (kept === input.files.length) location.reload();
    });
  }
})();
