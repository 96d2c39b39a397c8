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

// Fields with data-again="<ids>" change what stands in those places: it is fetched, not sent.
// Only the newest answer counts, and a hand on something in such a place stays where it is.
let asked = 0;
const stale = new Set();
const fill = (place, fresh) => {
  if (place.innerHTML === fresh.innerHTML) return;
  const reachable = () => [...place.querySelectorAll("a[href], button, input, select, textarea")];
  const held = reachable().indexOf(document.activeElement);
  place.innerHTML = fresh.innerHTML;
  if (held >= 0) reachable()[held]?.focus({ preventScroll: true });
};
document.addEventListener("change", async (event) => {
  const field = event.target.closest("[data-again]");
  if (!field || !field.form) return;
  const body = new URLSearchParams(new FormData(field.form)), number = ++asked;
  for (const id of field.dataset.again.split(" ")) stale.add(id);
  body.set("act", "price");
  const answer = await fetch(field.form.action, { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number !== asked) return;
  const places = [...stale];
  stale.clear();
  for (const id of places) {
    const place = document.getElementById(id), fresh = page.getElementById(id);
    // What has no such place says why something cannot be: all of it is shown.
    if (!place || !fresh) { document.querySelector("main").replaceWith(page.querySelector("main")); return; }
    fill(place, fresh);
  }
});

// Regions with data-live="<seconds>" are fetched again, all in one go at the pace of the quickest,
// and swapped when their content changed. A region in which somebody works is left alone.
const swap = (page) => {
  for (const region of document.querySelectorAll("[data-live][id]")) {
    const fresh = page.getElementById(region.id);
    const isTicked = [...region.querySelectorAll("input")].some((field) => field.checked !== field.defaultChecked);
    const isBusy = isTicked || region.contains(document.activeElement);
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

// The count of unread news follows while the page is looked at.
const bell = document.querySelector("[data-bell]");
if (bell) setInterval(async () => {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(bell.dataset.bell, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  const fresh = (await answer.text()).trim(), page = new DOMParser().parseFromString(fresh, "text/html");
  if (page.body.textContent.trim() !== bell.textContent.trim()) bell.replaceChildren(...page.body.childNodes);
}, 15000);

// Esc or a click elsewhere closes an open menu.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(null); });
