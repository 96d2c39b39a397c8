// The page lives without this file; with it, it moves. Pieces of the page arrive rendered.
"use strict";

const body = document.body;
const hubPill = document.getElementById("hub-pill");
const say = (text, bad) => {
  const place = document.getElementById("say");
  const line = Object.assign(document.createElement("p"), { className: bad ? "said bad" : "said", textContent: text });
  place.replaceChildren(line);
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.replaceChildren(), bad ? 12000 : 3500);
};

// On a phone the navigation is wider than the screen: show where one is.
document.querySelector(".nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// Bring `old` to look like `fresh`, keeping every node that can stay: focus, open details and a
// slider under a finger survive, and what a person typed where an element says `data-keep`.
const idOf = (node) => node.getAttribute?.("id") || "";
const held = (node) => node === document.activeElement && node.matches("input,select,textarea");
const morph = (old, fresh) => {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh.cloneNode(true));
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return undefined;
  }
  if (held(old) && old.dataset.moving) return undefined;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open" && !name.startsWith("data-")) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const typing = (old === document.activeElement && old.form?.dataset.reshape === "") || "keep" in old.dataset;
  if (old.nodeName === "INPUT" && old.value !== fresh.value && !typing) old.value = fresh.value;
  if (old.nodeName === "INPUT" && old.checked !== fresh.checked && !typing) old.checked = fresh.checked;
  const wanted = [...fresh.childNodes];
  const named = new Set(wanted.map(idOf).filter(Boolean));
  wanted.forEach((child, at) => {
    const here = old.childNodes[at];
    const isOther = here && idOf(here) !== idOf(child);
    // What has a name of its own is never turned into something else: a finger may be on it.
    if (isOther && named.has(idOf(here))) old.insertBefore(child.cloneNode(true), here);
    else if (isOther && idOf(here)) here.replaceWith(child.cloneNode(true));
    else if (here) morph(here, child);
    else old.append(child.cloneNode(true));
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
  if (/^(SELECT|TEXTAREA)$/.test(old.nodeName) && old.value !== fresh.value && !typing) old.value = fresh.value;
  return undefined;
};
const patch = (id, html) => {
  const old = document.getElementById(id);
  if (!old) return;
  const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  if (fresh) morph(old, fresh);
  for (const form of document.querySelectorAll("form[data-waiting]")) if (old.contains(form)) delete form.dataset.waiting;
};

// Live: the browser itself reconnects and says where it stood.
if (body.dataset.live && hubPill) {
  const words = hubPill.firstElementChild;
  const well = words.textContent;
  const show = (live) => {
    words.textContent = live ? well : body.dataset.gone;
    hubPill.className = live ? "pill good" : "pill warn";
  };
  let source;
  let pause = 500;
  const connect = (address) => {
    source = new EventSource(address);
    source.onopen = () => { pause = 500; show(true); };
    source.onmessage = (event) => {
      for (const [id, html] of Object.entries(JSON.parse(event.data))) patch(id, html);
    };
    source.onerror = () => {
      show(false);
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      setTimeout(() => connect(body.dataset.live.replace(/rev=.*/, "rev=")), pause);
      pause = Math.min(pause * 2, 10000);
    };
  };
  connect(body.dataset.live);
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) connect(body.dataset.live.replace(/rev=.*/, "rev=")); });
}

// Switches and sliders are sent without leaving the page; the answer shows when the device did it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.sure && !confirm(form.dataset.sure)) return event.preventDefault();
  if (!("quiet" in form.dataset)) return undefined;
  event.preventDefault();
  form.dataset.waiting = "";
  setTimeout(() => delete form.dataset.waiting, 8000);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form, event.submitter)),
      headers: { Accept: "application/json" },
    });
    const { message } = await answer.json();
    if (answer.ok && form.classList.contains("intensity")) delete form.dataset.waiting;
    if (!answer.ok) delete form.dataset.waiting;
    if (!answer.ok || !form.querySelector(".switch,[type=range]")) say(message, !answer.ok);
  } catch {
    delete form.dataset.waiting;
    say(body.dataset.failed, true);
  }
  return undefined;
});
document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!slider.matches(".intensity [type=range]")) return;
  slider.dataset.moving = "yes";
  slider.form.querySelector("output").value = slider.value;
});
document.addEventListener("change", (event) => {
  const slider = event.target;
  if (!slider.matches(".intensity [type=range]")) return;
  delete slider.dataset.moving;
  slider.form.requestSubmit();
});

// A form that changes its shape is shaped by the hub; here it does so without leaving the page.
// Of several changes in a row only the last one's answer counts.
let round = 0;
const reshape = async (form, by) => {
  round += 1;
  const mine = round;
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, by)) });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.id);
  if (mine !== round) return undefined;
  if (!fresh || answer.redirected) return form.submit();
  const next = fresh.querySelector("[autofocus]");
  morph(form, fresh);
  if (next && next.id !== document.activeElement.id) document.getElementById(next.id)?.focus();
  return undefined;
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  const by = event.submitter;
  if (!("reshape" in form.dataset) || !by?.name) return;
  event.preventDefault();
  reshape(form, by).catch(() => say(body.dataset.failed, true));
});
document.addEventListener("change", (event) => {
  const select = event.target;
  if ("reshapes" in select.dataset) select.form.requestSubmit(select.parentElement.querySelector("[name=refresh]"));
});
