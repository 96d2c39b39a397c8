// How a surface looks in a bright room: the metallic-roughness model of glTF 2.0 (appendix B) under
// a ceiling that fades to a floor, with one soft lamp. Nothing is loaded for it.

export const VERTEX = `#version 300 es
in vec3 position; in vec3 normal; in vec2 uv; in vec4 colour;
uniform mat4 place, view, lens;
out vec3 at, facing; out vec2 spot; out vec4 tint;
void main() {
  vec4 world = place * vec4(position, 1.0);
  at = world.xyz;
  facing = transpose(inverse(mat3(place))) * normal;
  spot = uv;
  tint = colour;
  gl_Position = lens * view * world;
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
in vec3 at, facing; in vec2 spot; in vec4 tint;
uniform vec4 base; uniform vec3 glow, eye;
uniform float metal, rough, cutoff;
uniform bool hasNormals, hasBase, hasSurface, hasGlow, isUnlit, isBlended;
uniform sampler2D baseMap, surfaceMap, glowMap;
out vec4 shown;
const vec3 LAMP = normalize(vec3(0.45, 0.8, 0.55));

vec3 room(vec3 way, float blur) {
  float up = smoothstep(-0.5 - blur * 0.5, 0.5 + blur * 0.5, way.y);
  float lamp = pow(max(dot(way, LAMP), 0.0), mix(180.0, 3.0, blur));
  return mix(vec3(0.42, 0.40, 0.38), vec3(0.98), up) + lamp * mix(2.2, 0.35, blur);
}

void main() {
  vec4 paint = base * tint;
  if (hasBase) paint *= texture(baseMap, spot);
  if (paint.a < cutoff) discard;
  float alpha = isBlended ? paint.a : 1.0;
  vec3 light = paint.rgb;
  if (!isUnlit) {
    vec2 surface = hasSurface ? texture(surfaceMap, spot).bg : vec2(1.0);
    float m = metal * surface.x, r = clamp(rough * surface.y, 0.05, 1.0);
    vec3 n = hasNormals ? normalize(facing) : normalize(cross(dFdx(at), dFdy(at)));
    vec3 v = normalize(eye - at);
    n = dot(n, v) < 0.0 ? -n : n;
    vec3 f0 = mix(vec3(0.04), paint.rgb, m);
    vec3 mirror = f0 + (max(vec3(1.0 - r), f0) - f0) * pow(1.0 - clamp(dot(n, v), 0.0, 1.0), 5.0);
    light = paint.rgb * (1.0 - m) * room(n, 1.0) + mirror * room(reflect(-v, n), r);
  }
  light += glow * (hasGlow ? texture(glowMap, spot).rgb : vec3(1.0));
  shown = vec4(pow(clamp(light, 0.0, 1.0), vec3(1.0 / 2.2)) * alpha, alpha);
}`;
