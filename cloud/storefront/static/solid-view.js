// Draws a model into a canvas, and turns it by pointer, keys and calls. It draws when something
// changed and never else; there is no motion of its own.
import { read } from "./solid-glb.js";
import { FRAGMENT, VERTEX } from "./solid-light.js";
import { looking, perspective } from "./solid-matrices.js";

const OPENING = 0.6;
const START = { yaw: 0.35, pitch: 0.2, zoom: 1 };
const ATTRIBUTES = ["position", "normal", "uv", "colour"];
const MAPS = ["baseMap", "surfaceMap", "glowMap"];

// Returns { turn(yaw, pitch), zoom(factor), reset(), end() }, or null where WebGL 2 is missing.
// `lost` is called when the graphics card gives up.
export const open = async (canvas, file, lost) => {
  const gl = canvas.getContext("webgl2", { antialias: true, alpha: true });
  if (!gl) return null;
  const model = read(file);
  const pictures = await Promise.all(model.pictures);
  const draw = prepared(gl, model, pictures);
  const pose = { ...START };
  let waiting = 0;
  const soon = () => { waiting ||= requestAnimationFrame(() => { waiting = 0; draw(canvas, pose); }); };
  const act = {
    turn: (yaw, pitch) => {
      pose.yaw += yaw;
      pose.pitch = Math.min(1.5, Math.max(-1.5, pose.pitch + pitch));
      soon();
    },
    zoom: (factor) => { pose.zoom = Math.min(4, Math.max(0.5, pose.zoom * factor)); soon(); },
    reset: () => { Object.assign(pose, START); soon(); },
  };
  const sizes = new ResizeObserver(soon);
  sizes.observe(canvas);
  canvas.addEventListener("webglcontextlost", lost);
  handle(canvas, act);
  soon();
  const end = () => {
    sizes.disconnect();
    cancelAnimationFrame(waiting);
    canvas.removeEventListener("webglcontextlost", lost);
    gl.getExtension("WEBGL_lose_context")?.loseContext();
  };
  return { ...act, end };
};

const prepared = (gl, model, pictures) => {
  const program = compiled(gl);
  const place = (name) => gl.getUniformLocation(program, name);
  const slots = Object.fromEntries(ATTRIBUTES.map((name) => [name, gl.getAttribLocation(program, name)]));
  const buffers = [gl.ARRAY_BUFFER, gl.ELEMENT_ARRAY_BUFFER].map((kind) => {
    const buffer = gl.createBuffer();
    gl.bindBuffer(kind, buffer);
    gl.bufferData(kind, model.bytes, gl.STATIC_DRAW);
    return buffer;
  });
  gl.useProgram(program);
  MAPS.forEach((name, unit) => gl.uniform1i(place(name), unit));
  const textures = new Map();
  const texture = (source, isColour) => {
    const key = `${source} ${isColour}`;
    if (!textures.has(key)) textures.set(key, uploaded(gl, pictures[source], isColour));
    return textures.get(key);
  };
  const parts = [...model.parts].sort((a, b) => a.material.isBlended - b.material.isBlended);
  const { middle, radius } = model.box;
  return (canvas, { yaw, pitch, zoom }) => {
    const ratio = canvas.clientWidth / (canvas.clientHeight || 1) || 1;
    canvas.width = Math.max(1, canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.max(1, canvas.clientHeight * devicePixelRatio);
    const distance = radius / Math.sin(OPENING / 2) / Math.min(1, ratio) / zoom;
    const eye = [Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)].map((way, axis) => middle[axis] + way * distance);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniformMatrix4fv(place("view"), false, looking(eye, middle));
    gl.uniformMatrix4fv(place("lens"), false, perspective(OPENING, ratio, Math.max(distance - radius * 1.1, radius / 100), distance + radius * 1.1));
    gl.uniform3fv(place("eye"), eye);
    for (const part of parts) drawPart(gl, place, slots, buffers, texture, part);
  };
};

const drawPart = (gl, place, slots, buffers, texture, { place: matrix, attributes, indices, count, material }) => {
  gl.uniformMatrix4fv(place("place"), false, matrix);
  gl.uniform4fv(place("base"), material.base);
  gl.uniform3fv(place("glow"), material.glow);
  for (const name of ["metal", "rough", "cutoff"]) gl.uniform1f(place(name), material[name]);
  for (const name of ["isUnlit", "isBlended"]) gl.uniform1i(place(name), material[name]);
  gl.uniform1i(place("hasNormals"), Boolean(attributes.normal));
  MAPS.forEach((name, unit) => {
    const source = material[name];
    gl.uniform1i(place(`has${name[0].toUpperCase()}${name.slice(1, -3)}`), source !== null);
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, source === null ? null : texture(source, name !== "surfaceMap"));
  });
  gl.bindBuffer(gl.ARRAY_BUFFER, buffers[0]);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffers[1]);
  for (const name of ATTRIBUTES) {
    const [slot, one] = [slots[name], attributes[name]];
    if (slot < 0) continue;
    if (one) gl.vertexAttribPointer(slot, one.size, one.kind, one.normalized, one.stride, one.offset);
    else gl.vertexAttrib4f(slot, 1, 1, 1, 1);
    gl[one ? "enableVertexAttribArray" : "disableVertexAttribArray"](slot);
  }
  gl[material.isBlended ? "enable" : "disable"](gl.BLEND);
  gl.depthMask(!material.isBlended);
  gl[material.isDoubleSided ? "disable" : "enable"](gl.CULL_FACE);
  gl.frontFace(isMirrored(matrix) ? gl.CW : gl.CCW);
  if (indices) gl.drawElements(gl.TRIANGLES, count, indices.kind, indices.offset);
  else gl.drawArrays(gl.TRIANGLES, 0, count);
  gl.depthMask(true);
};

const isMirrored = (m) =>
  m[0] * (m[5] * m[10] - m[9] * m[6]) - m[4] * (m[1] * m[10] - m[9] * m[2]) + m[8] * (m[1] * m[6] - m[5] * m[2]) < 0;

const compiled = (gl) => {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
};

const uploaded = (gl, picture, isColour) => {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texImage2D(gl.TEXTURE_2D, 0, isColour ? gl.SRGB8_ALPHA8 : gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, picture);
  gl.generateMipmap(gl.TEXTURE_2D);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  return texture;
};

const KEYS = {
  ArrowLeft: (act) => act.turn(-0.15, 0),
  ArrowRight: (act) => act.turn(0.15, 0),
  ArrowUp: (act) => act.turn(0, 0.15),
  ArrowDown: (act) => act.turn(0, -0.15),
  "+": (act) => act.zoom(1.15),
  "-": (act) => act.zoom(1 / 1.15),
  Home: (act) => act.reset(),
};

const handle = (canvas, act) => {
  const held = new Map();
  const apart = () => {
    const [a, b] = [...held.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return;
    const span = held.size === 2 ? apart() : 0;
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (span) act.zoom(apart() / span);
    else act.turn((before.x - event.clientX) / 120, (event.clientY - before.y) / 120);
  });
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, (event) => held.delete(event.pointerId));
  // The wheel scrolls the page unless somebody went into the picture.
  canvas.addEventListener("wheel", (event) => {
    if (document.activeElement !== canvas) return;
    event.preventDefault();
    act.zoom(Math.exp(-event.deltaY / 600));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const key = event.ctrlKey || event.metaKey || event.altKey ? null : KEYS[event.key === "=" ? "+" : event.key];
    if (!key) return;
    event.preventDefault();
    key(act);
  });
};
