/* Nothing typed is lost: a form sends itself while it is written, and what has not arrived is kept
   in this browser for a day at most. Pages work without this file.

   <form data-typed="key" data-save="address">: the key names person and page; the address, if there
   is one, takes what is typed every few seconds. Words come from templates/_typed.html. */
(() => {
  "use strict";
  const said = document.currentScript.dataset;  // templates/base.html
  const DAY = 86400e3, PAUSE = 2000, AGAIN = 8000, PATIENCE = 15000, PREFIX = "typed:", SHARED = "shared-computer";

  const store = {
    read(key) { try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch { return null; } },
    write(key, fields, undecided = false) {
      if (store.shared()) return false;
      try { localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), fields, undecided })); return true; } catch { return false; }
    },
    drop(key) { try { localStorage.removeItem(PREFIX + key); } catch { /* nothing is kept there */ } },
    sweep(all) {
      try {
        for (const name of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
          const kept = store.read(name.slice(PREFIX.length));
          if (all || !kept || kept.at < Date.now() - DAY) localStorage.removeItem(name);
        }
      } catch { /* nothing is kept there */ }
    },
    shared() { try { return localStorage.getItem(SHARED) === "yes"; } catch { return true; } },
    share(yes) { try { localStorage.setItem(SHARED, yes ? "yes" : "no"); if (yes) store.sweep(true); } catch { /* so be it */ } },
  };

  const typedIn = (form) => [...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && form.elements[name]?.type !== "hidden");  // which nobody types
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const clock = (when) => new Date(when).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });  // 14:05, as all our hours are

  function putBack(form, fields) {
    for (const field of form.elements) {
      if (!field.name || ["hidden", "file", "submit"].includes(field.type)) continue;
      const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
      else field.value = values[0] ?? "";
      if (values[0]) for (let row = field.closest("details"); row; row = row.parentElement.closest("details")) row.open = true;
    }
  }

  function follow(form) {
    const key = form.dataset.typed, address = form.dataset.save, line = form.querySelector("[data-line]"), words = line.dataset;
    let arrived = typedIn(form), timer = 0, sending = null, stopped = !address, retry = PAUSE;
    const say = (text, trouble) => {
      if (line.textContent === text) return;
      line.textContent = text;
      line.classList.toggle("trouble", Boolean(trouble));
    };
    const waits = () => !same(typedIn(form), arrived);

    async function send(leaving) {
      clearTimeout(timer);
      if (stopped || sending || !waits()) return;
      sending = deliver(leaving).catch(() => { /* an answer cut short: the next try brings it */ });
      await sending;
      sending = null;
      if (!stopped && waits()) later(retry);
    }

    async function deliver(leaving) {
      const fields = typedIn(form), body = new FormData(form);
      for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
      let answer;
      try {
        answer = await fetch(address, { method: "POST", body: new URLSearchParams(body), redirect: "manual", keepalive: leaving === true, signal: AbortSignal.timeout(PATIENCE) });
      } catch { /* the line is down: `answer` stays empty */ }
      retry = answer?.ok ? PAUSE : AGAIN;
      if (answer?.ok) {
        const { version } = await answer.json();
        form.elements.version.value = version;
        arrived = fields;
        if (!waits() && !earlier) store.drop(key);
        say(words.saved.replace("{time}", clock(Date.now())));
      } else if (!answer || answer.status >= 500) {
        say(store.shared() ? words.downShared : words.down, true);
      } else {
        stopped = true;
        const told = answer.type === "opaqueredirect" ? words.ended : answer.status === 409 ? (await answer.json()).message : words.refused;
        say(told, true);
      }
    }
    function later(pause) { clearTimeout(timer); timer = setTimeout(send, pause); }

    /* What was kept earlier and has not been decided on, with what was typed since; of a text, both. */
    const atFirst = arrived;
    let earlier = null;
    function together() {
      const now = typedIn(form);
      if (!earlier) return now;
      const of = (fields, name) => fields.filter(([one]) => one === name);
      return [...new Set([...earlier, ...now].map(([name]) => name))].flatMap((name) => {
        const old = of(earlier, name), here = of(now, name), loaded = of(atFirst, name);
        if (same(here, loaded)) return old;
        const isText = form.elements[name]?.tagName === "TEXTAREA" && old[0]?.[1] && here[0]?.[1];
        return !isText || same(old, loaded) || same(old, here) ? here : [[name, `${old[0][1]}\n\n${here[0][1]}`]];
      });
    }

    function changed() {
      if (waits()) store.write(key, together());
      if (!stopped) later(PAUSE);
    }

    const kept = store.read(key), offer = form.querySelector("[data-offer]");
    if (kept && same(kept.fields, arrived)) store.drop(key);
    else if (kept) {
      earlier = kept.fields;
      offer.querySelector("[data-when]").textContent = clock(kept.at);
      form.prepend(offer);  // where it is seen before one types again
      offer.hidden = false;
      offer.querySelector("[data-put-back]").addEventListener("click", () => {
        putBack(form, together());
        earlier = null;
        offer.hidden = true;
        for (const field of form.elements) field.dispatchEvent(new Event("recount"));
        changed();
        line.focus();
      });
      offer.querySelector("[data-leave]").addEventListener("click", () => { earlier = null; store.drop(key); offer.hidden = true; changed(); });
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", () => send());
    form.addEventListener("submit", (event) => {
      if (waits() || earlier) store.write(key, together(), Boolean(earlier));
      clearTimeout(timer);
      if (sending) {
        // Its answer brings the version that this save builds on: else one would meet oneself.
        event.preventDefault();
        sending.then(() => form.requestSubmit(event.submitter));
        return;
      }
      stopped = true;
      arrived = typedIn(form);
    });
    addEventListener("online", () => send());
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(true); });
    addEventListener("beforeunload", (event) => { if (!stopped && waits() && store.shared()) event.preventDefault(); });

    const choice = form.querySelector("[data-shared]");
    if (choice) {
      choice.closest("[hidden]")?.removeAttribute("hidden");
      choice.checked = store.shared();
      choice.addEventListener("change", (event) => { event.stopPropagation(); store.share(choice.checked); });
      choice.addEventListener("input", (event) => event.stopPropagation());
    }
  }

  /* How long a text is, in words; read aloud once one stops typing, when another limit counts. */
  function count(field) {
    const least = Number(field.dataset.least), most = Number(field.dataset.most);
    const line = document.createElement("p"), aloud = document.createElement("span");
    let limit = "", timer = 0;
    line.className = "count";
    line.id = `${field.id}-count`;
    aloud.className = "visually-hidden";
    aloud.setAttribute("aria-live", "polite");
    field.after(line, aloud);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
    const show = () => {
      const length = [...field.value.normalize("NFC").trim()].length;
      const now = length > most ? "long" : length < least ? "short" : "enough";
      line.textContent = said[now].replace("{length}", length).replace("{least}", least).replace("{most}", most);
      line.classList.toggle("trouble", now === "long" || (now === "short" && length > 0));
      clearTimeout(timer);
      if (limit && limit !== now) timer = setTimeout(() => { aloud.textContent = line.textContent; limit = now; }, PAUSE);
      limit ||= now;
    };
    for (const what of ["input", "recount"]) field.addEventListener(what, show);
    show();
  }

  /* Who signs out leaves nothing behind: no copy, and no page kept for when the line is down. */
  function forgetAtSignOut(form) {
    let forgotten = false;
    form.addEventListener("submit", async (event) => {
      store.sweep(true);
      if (forgotten || !("caches" in window)) return;
      event.preventDefault();
      const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
      await Promise.allSettled([
        ...(await caches.keys()).map((name) => caches.delete(name)),
        ...workers.map((worker) => worker.unregister()),
      ]).catch(() => { /* nothing is kept there */ });
      forgotten = true;
      form.requestSubmit(event.submitter);
    });
  }

  store.sweep(false);
  for (const { dataset: { arrived } } of document.querySelectorAll("[data-arrived]"))
    if (!store.read(arrived)?.undecided) store.drop(arrived);  // what was sent without a word on the offer stays offered
  for (const form of document.querySelectorAll("form[data-forget], form[action$='/logout/']")) forgetAtSignOut(form);
  for (const field of document.querySelectorAll("[data-most]")) count(field);
  for (const form of document.querySelectorAll("form[data-typed]")) follow(form);
})();
