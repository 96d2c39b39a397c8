// The shapes of a schedule's week: a window's part on one day, its edges and its cross. The hub
// draws the same parts in `week_editor.html`.
"use strict";

const weekShapes = (() => {
  const { clock } = weekWindows;
  const SVG = "http://www.w3.org/2000/svg";

  const shape = (name, attributes, ...children) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const drawPart = ({ x, y, width, height, isTail }, window) => {
    const strength = window.percent ? Math.ceil(window.percent / 20) : 0;
    const part = shape("svg", { class: `part s${strength}${isTail ? " tail" : ""}`, x: `${x}%`, y, width: `${width}%`, height });
    part.append(shape("rect", { class: "face", width: "100%", height: "100%", rx: 6 }));
    const span = (name, text) => shape("tspan", { class: name }, text);
    if (height >= 16) part.append(shape("text", { class: "time", x: 9, y: 15 }, span("from", clock(window.start)), span("dash", "–"), span("until", clock(window.end))));
    if (height >= 34 && window.percent) part.append(shape("text", { class: "percent", x: 9, y: 29 }, `${window.percent} %`));
    return part;
  };
  const drawEdges = (parts) => ["start", "end"].flatMap((name) => {
    const part = name === "start" ? parts[0] : parts.at(-1);
    const thick = Math.min(8, part.height / 3);
    const y = name === "start" ? part.y : part.y + part.height;
    const middle = `${part.x + part.width / 2}%`;
    return [
      shape("rect", { class: "edge", "data-edge": name, x: `${part.x}%`, width: `${part.width}%`, y: name === "start" ? y : y - thick, height: thick }),
      shape("circle", { class: "reach", "data-edge": name, cx: middle, cy: name === "start" ? y - 10 : y + 10, r: 16 }), // mostly outside: a short window can still be moved
      shape("circle", { class: "grip", "data-edge": name, cx: middle, cy: y, r: 5 }),
    ];
  });
  const drawCross = ({ x, y, width }) => shape("svg", { class: "cross", x: `${x + width}%`, y, overflow: "visible" },
    shape("circle", { cx: -7, r: 13, class: "reach" }), shape("circle", { cx: -7, r: 8 }), shape("path", { d: "M-10-3l6 6m0-6l-6 6" }));

  return { shape, drawPart, drawEdges, drawCross };
})();
