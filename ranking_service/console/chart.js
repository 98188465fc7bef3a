// Two charts: an area over time, and means with their intervals. Both read as tables too.
import { el, number, plain } from "./dom.js";

const WIDTH = 720, HEIGHT = 260, LEFT = 52, RIGHT = 14, TOP = 16, BOTTOM = 30;

function ticks(low, high, count = 4) {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((times) => times * power).find((value) => value >= raw);
  const marks = [];
  for (let mark = Math.ceil(low / step) * step; mark <= high + 1e-9; mark += step) marks.push(mark);
  return marks;
}

export function day(ms, span) {
  const date = new Date(ms);
  if (span > 300 * 86400000) return date.toLocaleDateString("en", { month: "short", year: "numeric", timeZone: "UTC" });
  if (span > 3 * 86400000) return date.toLocaleDateString("en", { day: "numeric", month: "short", timeZone: "UTC" });
  return date.toLocaleTimeString("en", { weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "UTC" });
}

export function area(series, label) {
  const times = series.map(([time]) => time), values = series.map(([, value]) => value);
  const start = times[0], end = times[times.length - 1], span = Math.max(1, end - start);
  const top = Math.max(1, ...values) * 1.08;
  const x = (time) => LEFT + ((time - start) / span) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const line = series.map(([time, value], index) => `${index ? "L" : "M"}${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const dot = el("circle", { r: 4.5, class: "dot", visibility: "hidden" });
  const rule = el("line", { y1: TOP, y2: HEIGHT - BOTTOM, class: "rule", visibility: "hidden" });
  const note = el("output", { class: "note", "aria-live": "polite" }, "Move over the chart, or use the arrow keys, to read values.");
  let chosen = series.length - 1;
  const show = (index) => {
    chosen = Math.min(series.length - 1, Math.max(0, index));
    const [time, value] = series[chosen];
    dot.setAttribute("cx", x(time)); dot.setAttribute("cy", y(value)); dot.setAttribute("visibility", "visible");
    rule.setAttribute("x1", x(time)); rule.setAttribute("x2", x(time)); rule.setAttribute("visibility", "visible");
    note.textContent = `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC: ${number(value)} ${value === 1 ? "event" : "events"}`;
  };
  const svg = el("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": label, tabindex: 0,
    onkeydown: (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) { show(chosen + step); event.preventDefault(); }
    },
    onpointermove: (event) => {
      const box = svg.getBoundingClientRect();
      const time = start + (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT) * span;
      show(times.reduce((best, value, index) => (Math.abs(value - time) < Math.abs(times[best] - time) ? index : best), 0));
    },
  },
  ...ticks(0, top).map((mark) => el("g", {},
    el("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(mark), y2: y(mark), class: "grid" }),
    el("text", { x: LEFT - 8, y: y(mark) + 4, "text-anchor": "end" }, number(mark)))),
  ...[0, 0.25, 0.5, 0.75, 1].map((part) => el("text", {
    x: x(start + part * span), y: HEIGHT - 8, "text-anchor": part === 0 ? "start" : part === 1 ? "end" : "middle",
  }, day(start + part * span, span))),
  el("path", { d: `${line}L${x(end)} ${y(0)}L${x(start)} ${y(0)}Z`, class: "fill" }),
  el("path", { d: line, class: "line" }), rule, dot);
  return el("figure", {}, svg, note);
}

const SPARK_POINTS = 40;

// The highest of each stretch, so that a peak of one window is not lost.
function thinned(values) {
  const stretch = Math.ceil(values.length / SPARK_POINTS);
  return Array.from({ length: Math.ceil(values.length / stretch) }, (_, index) =>
    Math.max(...values.slice(index * stretch, (index + 1) * stretch)));
}

export function spark(series) {
  const values = thinned(series.map(([, value]) => value)), top = Math.max(1, ...values);
  const line = values.map((value, index) =>
    `${index ? "L" : "M"}${((index / Math.max(1, values.length - 1)) * 96 + 2).toFixed(1)} ${(26 - (value / top) * 22).toFixed(1)}`).join("");
  return el("svg", { viewBox: "0 0 100 30", class: "spark", "aria-hidden": "true" }, el("path", { d: line, class: "line" }));
}

export function intervals(rows, label, digits = 3) {
  const low = Math.min(0, ...rows.map((row) => row.low)), high = Math.max(0, ...rows.map((row) => row.high)) * 1.05;
  const at = (value) => `${(((value - low) / (high - low || 1)) * 100).toFixed(2)}%`;
  return el("table", { class: "intervals" }, el("caption", {}, label),
    el("colgroup", {}, ...["38%", "44%", "18%"].map((width) => el("col", { style: `width:${width}` }))),
    el("thead", { class: "hidden" }, el("tr", {}, ...["Method", "Mean and 95 % interval", "Mean"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, ...rows.map((row) => el("tr", { class: row.name === "ranked" ? "ours" : null },
      el("th", { scope: "row" }, plain(row.name)),
      el("td", { class: "plot" }, el("span", { class: "track" },
        low < 0 ? el("span", { class: "zero", style: `left:${at(0)}` }) : null,
        el("span", { class: "whisker", style: `left:${at(row.low)};right:calc(100% - ${at(row.high)})` }),
        el("span", { class: "mean", style: `left:${at(row.mean)}` }))),
      el("td", { title: `${number(row.low, digits)} to ${number(row.high, digits)}` }, number(row.mean, digits))))));
}
