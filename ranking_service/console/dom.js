// Builds elements; text is always set as text, so nothing a user wrote can become markup.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "rect", "circle", "g", "line", "text", "polygon", "defs",
  "linearGradient", "stop", "clipPath", "title", "ellipse"]);

export function el(tag, attributes = {}, ...children) {
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const number = (value, digits = 0) => (Number.isFinite(value)
  ? value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits }) : "–");

// Two digits that say something, whatever the size.
export const figure = (value) => (Math.abs(value) < 10 && Number.isFinite(value)
  ? value.toLocaleString("en", { maximumSignificantDigits: 2 }) : number(value));

export const plain = (name) => name.replaceAll("_", " ");

export const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

export const percent = (value) =>
  value >= 0.1 ? `${number(value * 100)} %` : `${number(value * 100, value >= 0.01 ? 1 : 2)} %`;

export function ago(from, now) {
  const minutes = Math.max(0, Math.round((now - from) / 60000));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h`;
  const days = Math.round(minutes / 1440);
  return days < 60 ? `${days} d` : `${number(days / 365.25, 1)} y`;
}

export const empty = (title, hint) =>
  el("div", { class: "empty", role: "status" }, el("h2", {}, title), el("p", {}, hint));
