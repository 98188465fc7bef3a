// A small deterministic picture per post: the same id and topic always draw the same scene.
import { el } from "./dom.js";

function generator(text) {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 16777619) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const colour = (hue, saturation, light) => `hsl(${Math.round(hue)} ${saturation}% ${light}%)`;

function ridge(next, base, swing) {
  let path = `M0 100 L0 ${base}`;
  for (let x = 0; x <= 100; x += 20) path += ` Q${x + 6} ${base - swing * next()} ${x + 20} ${base + swing * (next() - 0.5)}`;
  return `${path} L120 100 Z`;
}

const scenes = [
  (next, hue) => [0, 1, 2].map((layer) =>
    el("path", { d: ridge(next, 48 + layer * 16, 22 - layer * 5), fill: colour(hue + 25 * layer, 45, 52 - layer * 14) })),
  (next, hue) => Array.from({ length: 9 }, (_, index) =>
    el("circle", { cx: 100 * next(), cy: 100 * next(), r: 6 + 20 * next(), fill: colour(hue + 40 * next(), 70, 45 + 25 * next()), opacity: 0.55 + 0.04 * index })),
  (next, hue) => Array.from({ length: 6 }, (_, index) => {
    const height = 25 + 55 * next();
    return el("rect", { x: index * 17, y: 100 - height, width: 14, height, rx: 1, fill: colour(hue + 12 * index, 30, 22 + 18 * next()) });
  }),
  (next, hue) => Array.from({ length: 16 }, (_, index) =>
    el("rect", { x: (index % 4) * 25, y: Math.floor(index / 4) * 25, width: 25, height: 25, fill: colour(hue + 60 * next(), 60, 35 + 40 * next()) })),
  (next, hue) => Array.from({ length: 5 }, (_, index) =>
    el("ellipse", { cx: 50, cy: 62, rx: 44 - index * 8, ry: 26 - index * 4.5, fill: colour(hue + index * 14, 55, 35 + index * 10), transform: `rotate(${next() * 24 - 12} 50 62)` })),
  (next, hue) => Array.from({ length: 7 }, (_, index) =>
    el("path", { d: `M${-10 + index * 18} 110 Q${20 * next() + index * 14} ${50 * next()} ${20 + index * 16} -10`, stroke: colour(hue + 18 * index, 65, 40 + 25 * next()), "stroke-width": 5 + 6 * next(), fill: "none" })),
];

export function picture(post) {
  const topic = post.hashtags[0] || post.author.username;
  const byTopic = generator(topic);
  const next = generator(`${post.post_id}·${topic}`);
  const hue = 360 * byTopic() + 24 * next();
  const scene = scenes[Math.floor(byTopic() * scenes.length)];
  const id = `sky-${post.post_id}-${Math.floor(performance.now() * 1000)}-${Math.floor(next() * 1e6)}`;
  const label = `${post.media_type === "video" ? "Video" : "Photo"}: ${topic}`;
  return el("svg", { class: "picture", viewBox: "0 0 100 100", role: "img", "aria-label": label, preserveAspectRatio: "xMidYMid slice" },
    el("defs", {}, el("linearGradient", { id, x1: 0, y1: 0, x2: next(), y2: 1 },
      el("stop", { "stop-color": colour(hue + 190, 55, 84) }), el("stop", { offset: 1, "stop-color": colour(hue + 140, 60, 62) }))),
    el("rect", { width: 100, height: 100, fill: `url(#${id})` }),
    el("circle", { cx: 20 + 60 * next(), cy: 18 + 20 * next(), r: 7 + 5 * next(), fill: colour(hue + 60, 90, 86) }),
    el("g", {}, ...scene(next, hue)),
    post.media_type === "video"
      ? el("g", {}, el("circle", { cx: 50, cy: 50, r: 15, fill: "rgb(0 0 0 / .45)" }), el("polygon", { points: "45,42 45,58 59,50", fill: "#fff" }))
      : null);
}

export function avatar(username) {
  const next = generator(username);
  const hue = 360 * next();
  return el("span", { class: "avatar", "aria-hidden": "true", style: `background:linear-gradient(135deg, ${colour(hue, 60, 55)}, ${colour(hue + 70, 65, 45)})` },
    username.replace(/[^a-z0-9]/gi, "").slice(0, 1).toUpperCase() || "?");
}
