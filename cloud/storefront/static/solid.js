// "View in 3D": nothing is fetched before somebody asks for it. Then the viewer and the model come
// from our own host, the picture stays until the model is there, and every failure has its words.
"use strict";

const isRoomReady = document.createElement("a").relList?.supports?.("ar");
for (const link of document.querySelectorAll("[data-solid-room]")) link.hidden = !isRoomReady;

for (const stage of document.querySelectorAll("[data-solid]")) {
  const part = (name) => stage.querySelector(`[data-solid-${name}]`);
  const [button, scene, meter, problem, tools] = ["open", "scene", "progress", "problem", "tools"].map(part);
  let viewer = null;
  let canvas = null;

  const end = () => {
    viewer?.end();
    canvas?.remove();
    viewer = canvas = null;
    stage.dataset.solidIs = "";
    scene.hidden = tools.hidden = true;
    button.hidden = false;
  };

  // A canvas can be drawn into by one viewer only, so each gets its own.
  const unroll = () => {
    canvas = document.createElement("canvas");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", stage.dataset.solidLabel);
    scene.prepend(canvas);
  };

  const fail = (words) => {
    end();
    problem.hidden = false;
    problem.querySelector("p").textContent = words;
  };

  const load = async () => {
    const answer = await fetch(stage.dataset.solid);
    if (!answer.ok) throw new Error(String(answer.status));
    const whole = Number(answer.headers.get("content-length"));
    if (whole) meter.max = whole;
    const parts = [];
    for await (const piece of pieces(answer.body)) {
      parts.push(piece);
      if (whole) meter.value = (meter.value || 0) + piece.length;
    }
    return new Blob(parts).arrayBuffer();
  };

  const pieces = async function* (body) {
    const reader = body.getReader();
    for (let turn = await reader.read(); !turn.done; turn = await reader.read()) yield turn.value;
  };

  const show = async () => {
    button.hidden = true;
    problem.hidden = true;
    scene.hidden = false;
    meter.hidden = false;
    meter.removeAttribute("value");
    stage.setAttribute("aria-busy", "true");
    try {
      const [{ open }, file] = await Promise.all([import("./solid-view.js"), load()]);
      unroll();
      viewer = await open(canvas, file, () => fail(stage.dataset.solidBroken));
      if (!viewer) { fail(stage.dataset.solidUnable); return; }
      meter.hidden = true;
      stage.dataset.solidIs = "there";
      tools.hidden = false;
      canvas.focus();
    } catch {
      fail(stage.dataset.solidBroken);
    } finally {
      stage.removeAttribute("aria-busy");
    }
  };

  const steps = {
    left: () => viewer.turn(-0.4, 0),
    right: () => viewer.turn(0.4, 0),
    closer: () => viewer.zoom(1.25),
    farther: () => viewer.zoom(0.8),
    reset: () => viewer.reset(),
    close: () => { end(); button.focus(); },
  };
  for (const tool of tools.querySelectorAll("[data-solid-step]")) tool.addEventListener("click", () => steps[tool.dataset.solidStep]());
  button.addEventListener("click", show);
  button.hidden = false;
}
