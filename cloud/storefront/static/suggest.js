// Suggestions under the search box while somebody types; the form works without this file.
"use strict";

const PAUSE_MS = 120;

for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestLabel);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);

  let chosen = -1;
  let waiting = 0;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const option = (words, address, picture) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${list.children.length}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.address = address;
    if (picture) {
      const image = document.createElement("img");
      image.src = picture;
      image.alt = "";
      item.append(image);
    }
    const text = document.createElement("span");
    text.textContent = words;
    item.append(text);
    list.append(item);
  };
  const show = (found, typed) => {
    list.replaceChildren();
    const start = typed.replace(/[\p{L}\p{N}_]+$/u, "");
    for (const word of found.words) option(start + word, `/products?q=${encodeURIComponent(start + word)}`);
    for (const shelf of found.categories) option(shelf.name, `/categories/${shelf.slug}`);
    for (const product of found.products) option(product.name, `/products/${product.slug}`, product.image?.url);
    chosen = -1;
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    const typed = input.value.trim();
    const turn = ++asked;
    if (typed.length < 2) { close(); return; }
    try {
      const address = new URL(input.dataset.suggest, location.href);
      address.searchParams.set("q", typed);
      const answer = await fetch(address);
      // An answer that was overtaken, or comes after the visitor went on, is not shown.
      if (answer.ok && turn === asked && document.activeElement === input) show(await answer.json(), typed);
    } catch { close(); }
  };
  const choose = (step) => {
    const options = [...list.children];
    if (list.hidden || !options.length) return;
    chosen = (chosen + step + options.length + (chosen < 0 && step < 0 ? 1 : 0)) % options.length;
    options.forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };

  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, PAUSE_MS); });
  // Choosing another filter applies it at once; leaving the search box for a suggestion must not.
  input.addEventListener("change", (event) => { if (!list.hidden) event.stopPropagation(); });
  input.addEventListener("blur", () => { asked++; setTimeout(close, 150); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.address);
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("[role=option]");
    if (!item) return;
    event.preventDefault();
    location.assign(item.dataset.address);
  });
}
