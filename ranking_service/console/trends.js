// Hashtags that rise above their own baseline, with a chart over time for each.
import { get } from "./api.js";
import { area, spark } from "./chart.js";
import { count, el, empty, number } from "./dom.js";

const HOUR = 3600000, DAY = 24 * HOUR;
const named = (ms) => (ms % DAY === 0 ? `${ms / DAY} d` : `${number(ms / HOUR, ms % HOUR ? 1 : 0)} h`);

function panel(tag, window) {
  const step = tag.series.length > 1 ? tag.series[1][0] - tag.series[0][0] : window;
  const rise = tag.score > 0 ? `${number(tag.score, 1)} standard deviations above what its past lets expect`
    : "never clearly above its own past";
  return el("section", { class: "card", "aria-label": `#${tag.tag}` },
    el("h2", {}, `#${tag.tag}`),
    el("p", { class: "quiet" }, `${number(tag.users)} people and ${count(tag.events, "event")} in its strongest ${named(window)}: ${rise}.`),
    area(tag.series, `Events with #${tag.tag} per ${named(step)}`));
}

function listed(title, tags, open, first) {
  if (!tags.length) return null;
  return el("section", { "aria-label": title }, el("h2", {}, title),
    el("ol", { class: "taglist", start: first }, ...tags.map((tag, index) => el("li", {}, el("a", {
      class: "tag-button", href: `#/trends/${encodeURIComponent(tag.tag)}`, "aria-current": tag === open ? "true" : null,
    }, el("span", { class: "place" }, String(first + index)), el("span", { class: "name" }, `#${tag.tag}`), spark(tag.series),
    el("span", { class: "quiet" }, tag.score > 0 ? number(tag.score, 1) : ""))))));
}

export async function trends(chosen) {
  const { tags, window_ms: window } = await get("trends");
  if (!tags.length) return empty("No trends yet", "Run loupe spark trends, and reload this page.");
  const open = tags.find((tag) => tag.tag === chosen) || tags[0];
  const rising = tags.filter((tag) => tag.score > 0), steady = tags.filter((tag) => !(tag.score > 0));
  return el("div", { class: "trends" },
    el("div", { class: "title" }, el("div", {}, el("h1", {}, "Trends"), el("p", { class: "quiet" }, `Hashtags against their own past, in windows of ${named(window)}, strongest first.`))),
    el("div", { class: "split" },
      el("div", { class: "taglists" }, listed("Rising", rising, open, 1), listed("Steady", steady, open, rising.length + 1)),
      panel(open, window)));
}
