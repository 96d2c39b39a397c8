// Small comforts only: every page works without this file.
"use strict";

// Forms with data-once cannot be sent twice by an impatient finger (the server is safe anyway).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
});

// Filters apply as they are chosen.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form) form.requestSubmit();
});

// Regions with data-live="<seconds>" are fetched again, all in one go at the pace of the quickest,
// and swapped when their content changed. A region in which somebody works is left alone.
const swap = (page) => {
  for (const region of document.querySelectorAll("[data-live][id]")) {
    const fresh = page.getElementById(region.id);
    const isBusy = region.contains(document.activeElement);
    if (fresh && !isBusy && fresh.innerHTML !== region.innerHTML) region.innerHTML = fresh.innerHTML;
  }
};
const watch = (pause) => {
  const look = async () => {
    if (document.visibilityState === "visible") {
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (answer.ok && !answer.redirected) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch { /* the next look will tell */ }
    }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
};
const paces = [...document.querySelectorAll("[data-live][id]")].map((region) => Number(region.dataset.live));
if (paces.length) watch(Math.max(1, Math.min(...paces)) * 1000);

// Esc or a click elsewhere closes an open menu.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(null); });
