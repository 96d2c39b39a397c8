// Reads a glTF 2.0 binary (Khronos, section 4.4) that the shop took in: one buffer inside the file,
// triangles, pictures inside the file. Nothing is copied: WebGL reads the buffer as it is.
import { identity, moved, multiply, placed } from "./solid-matrices.js";

const JSON_CHUNK = 0x4e4f534a;
const COMPONENTS = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4 };

// Returns { bytes, parts, pictures, box }: what to draw, in the space of the scene.
export const read = (file) => {
  const { gltf, bytes } = opened(file);
  const parts = [];
  const walk = (number, above, depth) => {
    const node = gltf.nodes[number];
    const place = multiply(above, placed(node));
    for (const primitive of gltf.meshes?.[node.mesh]?.primitives ?? []) parts.push(part(gltf, primitive, place));
    if (depth < 64) for (const child of node.children ?? []) walk(child, place, depth + 1);
  };
  for (const root of gltf.scenes[gltf.scene ?? 0].nodes) walk(root, identity(), 0);
  return { bytes, parts, pictures: (gltf.images ?? []).map((image) => picture(gltf, image, bytes)), box: boxOf(parts) };
};

const opened = (file) => {
  const view = new DataView(file);
  let gltf = null;
  let bytes = new Uint8Array(0);
  for (let at = 12; at + 8 <= file.byteLength;) {
    const length = view.getUint32(at, true);
    if (view.getUint32(at + 4, true) === JSON_CHUNK) gltf = JSON.parse(new TextDecoder().decode(new Uint8Array(file, at + 8, length)));
    else bytes = new Uint8Array(file, at + 8, length);
    at += 8 + length;
  }
  return { gltf, bytes };
};

const picture = (gltf, image, bytes) => {
  const { byteOffset = 0, byteLength } = gltf.bufferViews[image.bufferView];
  const blob = new Blob([bytes.subarray(byteOffset, byteOffset + byteLength)], { type: image.mimeType });
  return createImageBitmap(blob, { premultiplyAlpha: "none", colorSpaceConversion: "none" });
};

const part = (gltf, primitive, place) => {
  const { POSITION, NORMAL, TEXCOORD_0, COLOR_0 } = primitive.attributes;
  const position = accessor(gltf, POSITION);
  const indices = accessor(gltf, primitive.indices);
  return {
    place,
    attributes: { position, normal: accessor(gltf, NORMAL), uv: accessor(gltf, TEXCOORD_0), colour: accessor(gltf, COLOR_0) },
    indices,
    count: (indices ?? position).count,
    box: [gltf.accessors[POSITION].min, gltf.accessors[POSITION].max],
    material: material(gltf, gltf.materials?.[primitive.material] ?? {}),
  };
};

const accessor = (gltf, number) => {
  if (number === undefined) return null;
  const { bufferView, byteOffset = 0, componentType, count, normalized = false, type } = gltf.accessors[number];
  const view = gltf.bufferViews[bufferView];
  return { offset: (view.byteOffset ?? 0) + byteOffset, stride: view.byteStride ?? 0, kind: componentType, size: COMPONENTS[type], normalized, count };
};

const material = (gltf, said) => {
  const pbr = said.pbrMetallicRoughness ?? {};
  const map = (info) => (info && !info.texCoord ? gltf.textures[info.index].source ?? null : null);
  return {
    base: pbr.baseColorFactor ?? [1, 1, 1, 1],
    baseMap: map(pbr.baseColorTexture),
    metal: pbr.metallicFactor ?? 1,
    rough: pbr.roughnessFactor ?? 1,
    surfaceMap: map(pbr.metallicRoughnessTexture),
    glow: said.emissiveFactor ?? [0, 0, 0],
    glowMap: map(said.emissiveTexture),
    isBlended: said.alphaMode === "BLEND",
    cutoff: said.alphaMode === "MASK" ? said.alphaCutoff ?? 0.5 : 0,
    isDoubleSided: Boolean(said.doubleSided),
    isUnlit: Boolean(said.extensions?.KHR_materials_unlit),
  };
};

// The middle of all parts, and how far the farthest corner is from it.
const boxOf = (parts) => {
  const corners = parts.flatMap(({ place, box }) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((n) => moved(place, [box[n & 1][0], box[(n >> 1) & 1][1], box[n >> 2][2]])));
  const low = [0, 1, 2].map((axis) => Math.min(...corners.map((corner) => corner[axis])));
  const high = [0, 1, 2].map((axis) => Math.max(...corners.map((corner) => corner[axis])));
  return { middle: low.map((value, axis) => (value + high[axis]) / 2), radius: Math.hypot(...low.map((value, axis) => high[axis] - value)) / 2 || 1 };
};
