/* Sends files one by one, each with what it is and its progress; one that fails holds back no other and
   can be sent again. Without this file the form sends them all at once, as one kind. Words come from
   templates; sizes.js says which are too large. */
(() => {
  "use strict";
  const limit = document.querySelector("script[data-largest]").dataset;

  function send(form, file, kind, line) {
    const bar = document.createElement("progress"), said = line.querySelector("span");
    const body = new FormData(form);
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    line.append(" ", bar);
    body.delete("file");
    body.append("file", file);
    body.set("kind", kind);
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
    const input = form.elements.file, kind = form.elements.kind, list = form.querySelector("[data-sending]");
    let lines = new Map();

    function show() {
      list.replaceChildren();
      lines = new Map();
      kind.required = input.files.length < 2;  // of several, each says its own
      for (const file of input.files) {
        const line = document.createElement("li"), said = document.createElement("span");
        said.textContent = file.name;
        line.append(said);
        if (input.files.length > 1) {  // each may be of another kind
          const own = kind.cloneNode(true);
          own.removeAttribute("id");
          own.removeAttribute("name");
          own.required = true;
          own.value = kind.value;
          own.setAttribute("aria-label", `${form.dataset.kind} ${file.name}`);
          line.append(own);
        }
        list.append(line);
        lines.set(file, line);
      }
    }

    input.addEventListener("change", show);
    kind.addEventListener("change", () => {
      for (const own of list.querySelectorAll("select")) own.value ||= kind.value;
    });
    form.addEventListener("submit", async (event) => {
      const button = form.querySelector("button");
      if (!input.files.length) return;
      event.preventDefault();
      if (![...input.files].every((file) => lines.has(file))) show();
      button.disabled = true;
      let kept = 0;
      for (const [file, line] of lines) {
        const own = line.querySelector("select"), said = line.querySelector("span");
        if (file.size > limit.largest) {
          said.textContent = `${file.name}: ${limit.tooLarge}`;
          said.classList.add("trouble");
          continue;
        }
        kept += await send(form, file, own ? own.value : kind.value, line);
      }
      button.disabled = false;
      if (kept === lines.size) location.reload();
    });
  }
})();
