// The rows of a schedule's form as windows of its week: read from them, written into them. The
// form is the truth; whatever is in its inputs is what "Save" sends. Draws nothing.
"use strict";

const weekForm = (form, words) => {
  const { minuteOf, clock } = weekWindows;
  const MOST_ROWS = 100; // as many as the hub reads

  const boxes = () => [...form.querySelectorAll("fieldset.window")];
  const field = (name, row) => form.elements[`${name}-${row}`];
  const look = (row) => ({
    start: field("start", row).value.slice(0, 5),
    end: field("end", row).value.slice(0, 5),
    intensity: field("intensity", row).value,
    sku: field("sku", row).value,
    days: [...field("days", row)].filter((box) => box.checked).map((box) => Number(box.value)),
    gone: field("remove", row).checked,
  });
  const EMPTY = { start: "", end: "", intensity: "", sku: "", days: [], gone: false };
  const enter = (row, values) => {
    field("start", row).value = values.start;
    field("end", row).value = values.end;
    field("intensity", row).value = values.intensity;
    field("sku", row).value = values.sku;
    for (const box of field("days", row)) box.checked = values.days.includes(Number(box.value));
    field("remove", row).checked = values.gone;
  };
  const snapshot = () => boxes().map((_, row) => look(row));
  const read = () => snapshot().flatMap(({ start, end, intensity, days, gone }, row) => (
    start && end && days.length && !gone
      ? [{ row, start: minuteOf(start), end: minuteOf(end), days, percent: Number(intensity) || null }]
      : []
  ));
  const more = boxes().at(-1).querySelector("legend").textContent;
  const markLast = () => boxes().forEach((box, row, all) => {
    const isLast = row === all.length - 1;
    box.classList.toggle("blank", isLast);
    box.querySelector("legend").textContent = isLast ? more : words.number.replace("{number}", row + 1);
  });
  const grow = () => {
    const last = boxes().at(-1);
    const row = boxes().length;
    const fresh = last.cloneNode(true);
    for (const node of fresh.querySelectorAll("[name], [for]")) {
      for (const name of ["name", "id", "for"]) {
        if (node.hasAttribute(name)) node.setAttribute(name, node.getAttribute(name).replace(/-\d+$/, `-${row}`));
      }
    }
    last.after(fresh);
    field("id", row).value = "";
    enter(row, EMPTY);
    markLast();
  };
  const freeRow = () => {
    const free = snapshot().slice(0, MOST_ROWS).findIndex(({ start, end, days }) => !start && !end && !days.length);
    if (free >= 0 || boxes().length >= MOST_ROWS) return free;
    grow();
    return boxes().length - 1;
  };
  // Rows whose window is gone are marked to be removed; a window without a row takes a free one.
  const write = (before, after) => {
    const rows = new Map();
    for (const { row } of before) {
      if (!after.some((window) => window.row === row)) field("remove", row).checked = true;
    }
    for (const window of after.filter((one) => !before.includes(one))) {
      const row = window.row ?? freeRow();
      const kept = look(window.row ?? window.from ?? row);
      enter(row, { ...kept, start: clock(window.start), end: clock(window.end), days: window.days, gone: false });
      rows.set(window, row);
    }
    const last = boxes().length - 1;
    if (look(last).start && last + 1 < MOST_ROWS) grow();
    return rows;
  };
  const restore = (values) => {
    for (const box of boxes().slice(values.length)) box.remove();
    values.forEach((one, row) => enter(row, one));
    markLast();
  };
  const hasRoom = () => boxes().length < MOST_ROWS || freeRow() >= 0;
  const goTo = (row) => field("start", row).focus();

  return { snapshot, read, write, restore, hasRoom, goTo };
};
