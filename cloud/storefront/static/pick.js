// Keeps price, stock and marks true while somebody chooses a bottle by its options. Without this
// file the form works: the server finds the bottle, and refuses what does not go together.
"use strict";

for (const picker of document.querySelectorAll("[data-kinds]")) {
  const kinds = JSON.parse(picker.dataset.kinds);
  const form = picker.closest("form");
  const groups = [...picker.querySelectorAll("[data-group]")];
  const said = picker.querySelector("[data-said]");
  const buy = form.querySelector("[data-buy]");
  const chosen = () => groups.map((group) => group.querySelector("input:checked")?.value ?? "");
  const find = (picks) => kinds.find((kind) => kind.picks.every((value, place) => value === picks[place]));

  const update = () => {
    const picks = chosen();
    const kind = find(picks);
    groups.forEach((group, place) => {
      for (const input of group.querySelectorAll("input")) {
        const other = find(picks.map((value, at) => (at === place ? input.value : value)));
        input.closest("label").classList.toggle("gone", !other?.there);
        input.closest("label").querySelector("[data-gone]").hidden = Boolean(other?.there);
      }
    });
    said.textContent = kind ? [kind.price, kind.left].join(" · ") : picker.dataset.none;
    buy.disabled = !kind?.there;
  };
  picker.addEventListener("change", update);
  update();
}
