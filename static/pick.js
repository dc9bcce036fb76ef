// The box above a choice of many narrows it by name, and opens the groups that have one.
for (const picker of document.querySelectorAll("[data-picker]")) {
  const box = picker.querySelector("input[type=search]");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  box.parentElement.hidden = false;
  box.addEventListener("input", () => {
    const asked = plain(box.value.trim());
    for (const line of picker.querySelectorAll("li")) {
      line.hidden = !plain(line.textContent).includes(asked);
    }
    for (const group of picker.querySelectorAll("details")) {
      const fits = group.querySelector("li:not([hidden])") !== null;
      group.hidden = !fits;
      group.open = asked !== "" && fits;
    }
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // the form is not sent by it
  });
}
