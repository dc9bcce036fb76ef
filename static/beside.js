/* A page with several forms: the button of one loses nothing that was typed in another. What is not
   sent stays in this tab until the page is open again. Pages work without this file; where somebody
   writes much beside another form, both are one form (templates/_beside.html). */
(() => {
  "use strict";
  const PREFIX = "beside:", KEY = PREFIX + location.pathname, words = document.currentScript.dataset;
  const UNTYPED = ["hidden", "submit", "button", "reset", "image", "password"];

  const store = {
    read() { try { return JSON.parse(sessionStorage.getItem(KEY)) ?? []; } catch { return []; } },
    write(kept) { try { if (kept.length) sessionStorage.setItem(KEY, JSON.stringify(kept)); else sessionStorage.removeItem(KEY); } catch { /* nothing is kept there */ } },
    sweep() { try { for (const key of Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) sessionStorage.removeItem(key); } catch { /* nothing is kept there */ } },
  };

  const posts = (form) => form.getAttribute("method") === "post";
  const fieldsOf = (form) => [...form.elements].filter((field) => field.id && field.name && field.type && !UNTYPED.includes(field.type));
  const isTyped = (field) => {
    // The answer to what was posted shows what was typed as if it were saved.
    if ("answer" in words && (field.type.startsWith("text") || field.type === "search") && field.value) return true;
    return isChanged(field);
  };
  const isChanged = (field) => {
    if (field.type === "file") return field.files.length > 0;
    if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
    if (field.options) return chosen(field) !== chosen(field, "defaultSelected") && !isFirst(field);
    return field.value !== field.defaultValue;
  };
  const chosen = (field, state = "selected") => JSON.stringify([...field.options].filter((option) => option[state]).map((option) => option.value));
  const isFirst = (field) => !field.multiple && field.selectedIndex === 0 && chosen(field, "defaultSelected") === "[]";
  const valueOf = (field) => {
    if (["checkbox", "radio"].includes(field.type)) return field.checked;
    if (field.options) return JSON.parse(chosen(field));
    return field.type === "file" ? null : field.value;
  };

  function putBack([id, value]) {
    const field = document.getElementById(id);
    if (!field?.form || isChanged(field)) return null;
    if (field.type === "file") {
      const line = document.createElement("p");
      line.className = "hint trouble";
      line.textContent = words.file;
      field.after(line);
    } else if (["checkbox", "radio"].includes(field.type)) field.checked = value;
    else if (field.options) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
    for (let row = field.closest("details"); row; row = row.parentElement.closest("details")) row.open = true;
    for (const what of ["input", "recount"]) field.dispatchEvent(new Event(what, { bubbles: true }));
    return field.form;
  }

  for (const form of new Set(store.read().map(putBack).filter(Boolean))) {
    const line = document.createElement("p");
    line.className = "message";
    line.setAttribute("role", "status");
    line.textContent = words.kept;
    form.prepend(line);
  }
  store.write([]);

  let sent = null;
  document.addEventListener("submit", (event) => {
    if (posts(event.target)) sent = event.target;
    if (event.target.matches("[data-forget], [action$='/logout/']")) { sent = null; store.sweep(); }
  });
  addEventListener("pagehide", () => {
    if (!sent) return;
    const others = [...document.forms].filter((form) => form !== sent && posts(form));
    store.write(others.flatMap(fieldsOf).filter(isTyped).map((field) => [field.id, valueOf(field)]));
  });
})();
