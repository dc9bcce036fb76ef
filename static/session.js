/* Says a few minutes before a session ends that it does, with a button to stay signed in. Typing is
   an act like any other; asking how long is left is none. Pages work without this file. */
(() => {
  "use strict";
  const box = document.getElementById("session-ends");
  if (!box) return;
  const form = box.querySelector("form"), notice = Number(box.dataset.notice), EVERY = 60e3, LONGEST = 2e9;
  let timer = 0, told = Date.now();

  const ask = async (act) => {
    const sent = act ? { method: "POST", body: new URLSearchParams(new FormData(form)) } : {};
    try {
      const answer = await fetch(form.action, { redirect: "manual", ...sent });
      if (answer.ok) return (await answer.json()).left;
      return answer.type === "opaqueredirect" ? 0 : null; // anything else: nobody knows
    } catch { return null; }
  };
  const show = (left) => {
    box.querySelector("[data-soon]").hidden = left <= 0;
    box.querySelector("[data-over]").hidden = left > 0;
    form.hidden = left <= 0;
    box.hidden = left > notice;
  };
  const follow = (left) => {
    clearTimeout(timer);
    show(left);
    if (left > 0) timer = setTimeout(look, Math.min(LONGEST, 1000 * (left > notice ? left - notice : left) + 1000));
  };
  const look = async () => follow((await ask(false)) ?? notice);
  const stay = async () => { const left = await ask(true); if (left !== null) follow(left); };

  follow(Number(box.dataset.left));
  form.addEventListener("submit", (event) => { event.preventDefault(); stay(); });
  addEventListener("input", () => {
    if (Date.now() - told < EVERY) return;
    told = Date.now();
    stay();
  });
})();
