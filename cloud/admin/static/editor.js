// Comforts of the product's page: pictures are dragged into order, and the entry in search engines
// is shown as it is written. Without this file there are buttons, and the entry as it was saved.
"use strict";

for (const list of document.querySelectorAll("ol[data-order]")) {
  const said = document.getElementById(list.dataset.said);
  const rows = () => [...list.children];
  const order = () => rows().map((row) => Number(row.dataset.id));
  let held = null;
  let before = "";

  const mark = () => rows().forEach((row, at, all) => {
    row.querySelector("[data-way=up]").disabled = at === 0;
    row.querySelector("[data-way=down]").disabled = at === all.length - 1;
  });

  const save = async () => {
    const answer = await fetch(list.dataset.order, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": list.dataset.token },
      body: JSON.stringify({ ids: order() }),
    });
    said.textContent = answer.ok ? list.dataset.saved : list.dataset.failed;
    mark();
  };

  for (const row of rows()) row.draggable = true;
  list.addEventListener("dragstart", (event) => {
    held = event.target.closest("li");
    before = order().join();
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!held || !over) return;
    event.preventDefault();
    if (over === held) return;
    const isLater = rows().indexOf(over) > rows().indexOf(held);
    over[isLater ? "after" : "before"](held);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    held = null;
    if (order().join() !== before) save().catch(() => { said.textContent = list.dataset.failed; });
  });
}

// Each part shows the first field that says something, as much of it as a search engine does.
for (const part of document.querySelectorAll("[data-preview]")) {
  const fields = part.dataset.preview.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
  const longest = Number(part.dataset.longest);
  const update = () => {
    const text = fields.map((field) => field.value.trim()).find(Boolean) ?? "";
    part.textContent = text.length > longest ? `${text.slice(0, longest - 1).trimEnd()}…` : text;
  };
  for (const field of fields) field.addEventListener("input", update);
}
