// Hashtags that rise above their own baseline, with a chart over time for each.
import { get } from "./api.js";
import { area, spark } from "./chart.js";
import { el, empty, number } from "./dom.js";

const named = (ms) => (ms % 86400000 === 0 ? `${ms / 86400000} d` : `${ms / 3600000} h`);

function panel(tag, window) {
  return el("section", { class: "card", "aria-label": `#${tag.tag}` },
    el("h2", {}, `#${tag.tag}`),
    el("p", { class: "quiet" }, `${number(tag.users)} people · ${number(tag.events)} events in its strongest ${named(window)} window · ${number(tag.score, 1)} above its baseline`),
    area(tag.series, `Events with #${tag.tag} per ${named(window)}`));
}

export async function trends(chosen) {
  const { tags, window_ms: window } = await get("trends");
  if (!tags.length) return empty("No trends yet", "Run loupe spark trends, and reload this page.");
  const open = tags.find((tag) => tag.tag === chosen) || tags[0];
  return el("div", { class: "trends" },
    el("div", { class: "title" }, el("div", {}, el("h1", {}, "Trends"), el("p", { class: "quiet" }, "Hashtags against their own baseline, strongest first."))),
    el("div", { class: "split" },
      el("ol", { class: "taglist" }, ...tags.map((tag, index) => el("li", {}, el("a", {
        class: "tag-button", href: `#/trends/${encodeURIComponent(tag.tag)}`, "aria-current": tag === open ? "true" : null,
      }, el("span", { class: "place" }, String(index + 1)), el("span", { class: "name" }, `#${tag.tag}`), spark(tag.series), el("span", { class: "quiet" }, number(tag.score, 1)))))),
      panel(open, window)));
}
