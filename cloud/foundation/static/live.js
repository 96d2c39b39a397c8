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

// A region with data-live="<seconds>" is fetched again and swapped when its content changed.
const watch = (region) => {
  const pause = Math.max(1, Number(region.dataset.live)) * 1000;
  const look = async () => {
    if (document.visibilityState === "visible" && !region.contains(document.activeElement)) {
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (answer.ok) {
          const page = new DOMParser().parseFromString(await answer.text(), "text/html");
          const fresh = page.getElementById(region.id);
          if (fresh && fresh.innerHTML !== region.innerHTML) region.innerHTML = fresh.innerHTML;
        }
      } catch { /* the next look will tell */ }
    }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
};
for (const region of document.querySelectorAll("[data-live][id]")) watch(region);

// Esc or a click elsewhere closes an open menu.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(null); });
