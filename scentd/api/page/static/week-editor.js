// The schedule's week under mouse, finger and keyboard. The form is the truth: the week is drawn
// from its rows, every change is written into them, and nothing is saved before its "Save".
"use strict";

(() => {
  const { DAY, STEP, clamp, snap, clock, lasting } = weekWindows;
  const { shape, drawPart, drawEdges, drawCross } = weekShapes;
  const HOLD_MS = 350;
  const SLACK_PX = { mouse: 4, touch: 9 };

  const find = (id) => document.getElementById(id);
  const editor = find("editor");
  if (!editor) return;
  const form = editor.closest("form");
  const sheet = find("sheet");
  const layer = find("windows");
  const undoButton = find("editor-undo");
  const words = JSON.parse(editor.dataset.words);
  const tones = JSON.parse(editor.dataset.tones);
  const rows = weekForm(form, words);

  // Words
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  const nameDays = (days) => {
    const known = { "0123456": words.every, "01234": words.work, 56: words.weekend }[days.join("")];
    if (known) return known;
    return days.length === 1 ? words.day_names[days[0]] : days.map((day) => words.short_days[day]).join(", ");
  };
  const facts = (window, day) => ({
    day: words.day_names[day],
    days: nameDays(window.days),
    start: clock(window.start),
    end: clock(window.end),
    intensity: window.percent ? fill(words.intensity, window) : words.as_is,
  });
  const sentence = (text) => text[0].toUpperCase() + text.slice(1);
  const tell = (text) => { find("editor-say").textContent = sentence(text); };

  // The drawing
  const nodes = new Map();
  let shown = [];
  let chosen = null; // the key of the window under hand
  const keyOf = (row, day) => `${row} ${day}`;
  const draw = () => {
    shown = rows.read();
    const figures = weekWindows.lay(shown);
    const wanted = new Map(figures.map((figure) => [keyOf(figure.window.row, figure.day), figure]));
    for (const [key, node] of nodes) if (!wanted.has(key)) { node.remove(); nodes.delete(key); }
    let previous = null;
    for (const [key, { window, day, parts }] of wanted) {
      const known = nodes.get(key);
      const node = known ?? shape("g", { class: "window-of-week", tabindex: 0, role: "group", "aria-roledescription": words.role, "data-key": key });
      node.setAttribute("aria-label", sentence(fill(window.days.length > 1 ? words.window_of : words.window, facts(window, day))));
      node.replaceChildren(...parts.map((part) => drawPart(part, window)), ...drawEdges(parts), drawCross(parts[0]));
      nodes.set(key, node);
      const isInPlace = known && node.previousElementSibling === previous;
      if (!isInPlace) layer.insertBefore(node, previous ? previous.nextSibling : layer.firstChild);
      previous = node;
    }
    choose(chosen);
  };
  // The other days of the chosen window are marked with it: a new time counts for them too.
  const choose = (key) => {
    chosen = nodes.has(key) ? key : null;
    for (const [one, node] of nodes) {
      node.classList.toggle("chosen", one === chosen);
      node.classList.toggle("kin", one !== chosen && one.split(" ")[0] === chosen?.split(" ")[0]);
    }
  };
  const at = (node) => {
    const [row, day] = node.dataset.key.split(" ").map(Number);
    return { window: shown.find((window) => window.row === row), day };
  };
  const focusOn = (row, day) => nodes.get(keyOf(row, day))?.focus({ preventScroll: true });

  // What a drag would do, drawn over the week; the windows it changes stay where they are, faint.
  const ghost = shape("g", { id: "ghost", "aria-hidden": "true" });
  layer.after(ghost);
  const tip = Object.assign(document.createElement("p"), { className: "tip", hidden: true });
  tip.setAttribute("aria-hidden", "true");
  editor.append(tip);
  const preview = (change) => {
    const after = change ? change.windows : shown;
    const changed = weekWindows.lay(after).filter(({ window }) => !shown.includes(window));
    const drawn = ({ window, parts }) => shape("g", window === change.touched ? { class: "lead" } : {}, ...parts.map((part) => drawPart(part, window)));
    ghost.replaceChildren(...changed.map(drawn));
    for (const node of nodes.values()) node.classList.toggle("leaving", !after.includes(at(node).window));
  };
  const showTip = (change, { clientX, clientY, pointerType }) => {
    const { what, touched, day } = change;
    const kind = { split: "splits", joined: "back" }[what] ?? (touched.days.length > 1 ? "all_days" : "to");
    tip.textContent = sentence(fill(words[kind], facts(touched, day)));
    tip.hidden = false;
    const x = clamp(clientX - tip.offsetWidth / 2, 8, innerWidth - tip.offsetWidth - 8);
    const y = Math.max(8, clientY - tip.offsetHeight - (pointerType === "touch" ? 44 : 18));
    tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  };

  // Changes, and the way back
  const past = [];
  let byHand = false;
  const showState = () => {
    undoButton.disabled = !past.length;
    find("editor-unsaved").hidden = !past.length && !byHand;
  };
  const commit = (change) => {
    const needsRow = change?.windows.some((window) => window.row === null);
    if (needsRow && !rows.hasRoom()) return tell(words.full);
    if (!change) return undefined;
    past.push(rows.snapshot());
    const written = rows.write(shown, change.windows);
    draw();
    showState();
    tell(fill(words[change.what], facts(change.touched, change.day)));
    return focusOn(written.get(change.touched) ?? change.touched.row, change.day);
  };
  const remove = (node) => {
    const order = [...layer.children];
    const beside = order[order.indexOf(node) + 1] ?? order[order.indexOf(node) - 1];
    const next = beside?.dataset.key;
    commit(weekWindows.remove(shown, at(node)));
    (nodes.get(next) ?? undoButton).focus({ preventScroll: true });
  };
  const undo = () => {
    if (!past.length) return;
    const now = rows.snapshot();
    const then = past.pop();
    rows.restore(then);
    draw();
    const row = then.findIndex((values, one) => JSON.stringify(values) !== JSON.stringify(now[one]));
    const back = [...nodes.keys()].find((key) => key.startsWith(`${row} `)) ?? layer.firstElementChild?.dataset.key;
    (nodes.get(back) ?? form.elements.name).focus({ preventScroll: true }); // its button may go dark
    showState();
    tell(words.undone);
  };

  // Mouse and finger. A finger scrolls unless it held still first or is on the chosen window.
  let drag = null;
  const pointOf = (event) => {
    const paper = sheet.getBoundingClientRect();
    return {
      day: clamp(Math.floor(((event.clientX - paper.left) / paper.width) * 7), 0, 6),
      minute: clamp(((event.clientY - paper.top) / paper.height) * DAY, 0, DAY),
    };
  };
  const propose = ({ kind, held, from }, to) => {
    if (kind === "make") return weekWindows.add(shown, from, to);
    const by = to.minute - from.minute;
    if (kind === "start") return weekWindows.startAt(shown, held, snap(held.window.start + by));
    if (kind === "end") {
      const end = held.window.start + lasting(held.window) + by;
      return weekWindows.endAt(shown, held, (held.day + to.day - from.day) * DAY + snap(end));
    }
    const start = Math.abs(by) < STEP / 2 ? held.window.start : snap(held.window.start + by);
    return weekWindows.move(shown, held, to.day - from.day, start - held.window.start);
  };
  const EDGE_PX = { top: 40, bottom: 120 };
  // Where the week is taller than the screen it rolls under a drag taken to the screen's edge.
  const roll = (mine) => {
    if (drag !== mine) return;
    const paper = sheet.getBoundingClientRect();
    const y = mine.last && Math.abs(mine.last.clientY - mine.y) > 20 ? mine.last.clientY : null;
    const isUp = y !== null && y < EDGE_PX.top && paper.top < EDGE_PX.top;
    const isDown = y !== null && y > innerHeight - EDGE_PX.bottom && paper.bottom > innerHeight - EDGE_PX.bottom;
    if (isUp || isDown) {
      scrollBy(0, isUp ? -6 : 6);
      follow(mine.last);
    }
    requestAnimationFrame(() => roll(mine));
  };
  const begin = (event) => {
    drag.isLive = true;
    roll(drag);
    sheet.setPointerCapture(drag.pointer);
    sheet.classList.add("dragging", drag.kind);
    if (event) follow(event);
  };
  const follow = (event) => {
    drag.last = event;
    drag.change = propose(drag, pointOf(event));
    preview(drag.change);
    if (drag.change) showTip(drag.change, event);
    else tip.hidden = true;
  };
  const drop = () => {
    const { change, timer, kind } = drag;
    clearTimeout(timer);
    drag = null;
    sheet.classList.remove("dragging", kind);
    tip.hidden = true;
    ghost.replaceChildren();
    for (const node of nodes.values()) node.classList.remove("leaving");
    return change;
  };
  sheet.addEventListener("pointerdown", (event) => {
    if (drag || event.button !== 0 || !event.isPrimary) return;
    const node = event.target.closest(".window-of-week");
    const isChosen = node !== null && node.dataset.key === chosen;
    const isCross = event.target.closest(".cross") !== null;
    const kind = isCross ? "cross" : node ? event.target.dataset.edge ?? "move" : "make";
    const isTouch = event.pointerType === "touch";
    drag = { pointer: event.pointerId, kind, node, held: node && at(node), from: pointOf(event), x: event.clientX, y: event.clientY, isTouch, change: null };
    if (isCross) return undefined;
    if (!isTouch) return node?.focus({ preventScroll: true });
    if (isChosen) return begin(null);
    drag.timer = setTimeout(() => { navigator.vibrate?.(10); begin(event); }, HOLD_MS);
    return undefined;
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    if (drag.isLive) return follow(event);
    const isFar = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > SLACK_PX[drag.isTouch ? "touch" : "mouse"];
    if (isFar && (drag.isTouch || drag.kind === "cross")) drop();
    else if (isFar) begin(event);
    return undefined;
  });
  sheet.addEventListener("pointerup", (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const { node, isLive, kind } = drag;
    const change = drop();
    if (kind === "cross") return remove(node);
    if (isLive && change) return commit(change);
    if (node) return node.focus({ preventScroll: true });
    nodes.get(chosen)?.blur();
    return choose(null);
  });
  sheet.addEventListener("pointercancel", () => { if (drag) drop(); });
  sheet.addEventListener("touchmove", (event) => { if (drag?.isLive && event.cancelable) event.preventDefault(); }, { passive: false });
  sheet.addEventListener("contextmenu", (event) => { if (drag?.isTouch) event.preventDefault(); });
  const goToRow = (node) => rows.goTo(at(node).window.row);
  sheet.addEventListener("dblclick", ({ target }) => {
    const node = target.closest(".window-of-week");
    if (node) goToRow(node);
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag) return;
    if (drag.isLive) tell(words.cancelled);
    drop();
  });

  // Keyboard
  const step = (minute, by) => (by > 0 ? Math.floor(minute / STEP) + 1 : Math.ceil(minute / STEP) - 1) * STEP;
  const byKey = (event, held) => {
    const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    const isVertical = /Up|Down/.test(event.key);
    const { window, day } = held;
    if (event.shiftKey && isVertical) return weekWindows.endAt(shown, held, day * DAY + step(window.start + lasting(window), by));
    if (event.shiftKey) return weekWindows.startAt(shown, held, step(window.start, by));
    if (isVertical) return weekWindows.move(shown, held, 0, step(window.start, by) - window.start);
    // Past the window's other days: to step onto one would join it, and the next step take that along.
    const free = [1, 2, 3, 4, 5, 6].find((far) => !window.days.includes((day + by * far + 7) % 7));
    return free ? weekWindows.move(shown, held, by * free, 0) : null;
  };
  sheet.addEventListener("keydown", (event) => {
    const node = event.target.closest(".window-of-week");
    if (!node || drag || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") undo();
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key.startsWith("Arrow")) commit(byKey(event, at(node)));
    else if (event.key === "Delete" || event.key === "Backspace") remove(node);
    else if (event.key === "Enter") goToRow(node);
    else return;
    event.preventDefault();
  });
  // On the form: Chromium lets Tab stop at a drawing that listens to focus itself.
  form.addEventListener("focusin", (event) => choose(event.target.dataset.key ?? null));

  undoButton.addEventListener("click", undo);
  const showDiffuser = () => {
    const diffuser = form.elements.diffuser_id.value;
    editor.className = `editor tone-${tones[diffuser] ?? "slate"}`;
    for (const group of sheet.querySelectorAll(".others")) group.toggleAttribute("hidden", group.dataset.diffuser !== diffuser);
    find("editor-others").hidden = !sheet.querySelector(".others:not([hidden])");
  };
  form.addEventListener("input", (event) => {
    if (event.target.closest(".window")) {
      past.length = 0; // the way back would undo what was typed since
      byHand = true;
    }
    showDiffuser();
    draw();
    showState();
  });
  addEventListener("pageshow", () => { showDiffuser(); draw(); });

  sheet.setAttribute("role", "application");
  sheet.setAttribute("aria-label", sheet.dataset.label);
  sheet.setAttribute("aria-describedby", "editor-help");
  sheet.classList.add("editable");
  layer.replaceChildren();
  for (const node of [editor, ...editor.querySelectorAll(".scripted"), undoButton]) node.hidden = false;
  showDiffuser();
  draw();
})();
