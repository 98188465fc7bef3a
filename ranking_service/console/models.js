// What was measured, the models that were trained, and which one serves.
import { get } from "./api.js";
import { intervals } from "./chart.js";
import { el, empty, number, plain } from "./dom.js";

const METRICS = { auc: "AUC", log_loss: "Log loss", ece: "Calibration error", base_rate: "Base rate" };
const ORDER = /^(ndcg|map|recall|hit_rate)_at_\d+$/;

// A table of numbers, which scrolls by itself where the page is too narrow for it.
function grid(caption, columns, rows, quiet = false) {
  return el("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
    el("table", { class: "plain" }, el("caption", { class: quiet ? "hidden" : null }, caption),
      el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, ...rows.map(([name, ...cells]) =>
        el("tr", {}, el("th", { scope: "row" }, name), ...cells.map((cell) => el("td", {}, cell)))))));
}

// A model of ranks has one head: what can be said of it is how good its order is, beside the other methods'.
function order(model) {
  const overall = model.metrics.overall || {}, own = Object.keys(overall).filter((name) => ORDER.test(name));
  if (!own.length) return el("p", { class: "quiet" }, "This model has no metrics.");
  const others = Object.keys(overall).filter((name) => name.endsWith(`_${own[0]}`)).map((name) => name.slice(0, -own[0].length - 1));
  return grid("Order, on held-out days", ["Method", ...own.map((name) => plain(name.replace("_at_", "@").replace("ndcg", "NDCG")))],
    ["", ...others].map((method) => [plain(method) || "ranked", ...own.map((name) => number(overall[method ? `${method}_${name}` : name], 3))]));
}

function heads(model) {
  const measured = model.metrics.heads || {}, names = Object.keys(measured);
  if (!names.length) return order(model);
  const columns = Object.keys(METRICS).filter((metric) => names.some((head) => metric in measured[head]));
  return grid("Per action, on held-out days", ["Action", "Weight", ...columns.map((metric) => METRICS[metric])],
    names.map((head) => [plain(head), number(model.action_weights[head] ?? 0, 1),
      ...columns.map((metric) => number(measured[head][metric], 4))]));
}

function card(model) {
  const made = model.created_at ? `${model.created_at.slice(0, 16).replace("T", " ")} UTC` : "";
  const kind = model.objective === "heads" ? "P(action) × weight" : plain(model.objective);
  return el("section", { class: "card", "aria-label": `Model ${model.version}` },
    el("h2", {}, model.version, model.champion ? el("span", { class: "badge" }, "champion") : null),
    ...(model.problem ? [el("p", { class: "problem" }, model.problem)] : [
      el("p", { class: "quiet" }, `${kind} · ${model.features.length} features · ${made}`),
      heads(model),
      el("details", { class: "features" }, el("summary", {}, "Features"), el("p", { class: "quiet" }, model.features.map(plain).join(" · ")))]));
}

const exact = (table) => table.metrics.every((metric) => metric.rows.every((row) => row.low === row.high));

function numbers(table) {
  const names = [...new Set(table.metrics.flatMap((metric) => metric.rows.map((row) => row.name)))];
  return grid(table.title, ["", ...table.metrics.map((metric) => metric.name)], names.map((name) => [plain(name),
    ...table.metrics.map((metric) => number(metric.rows.find((row) => row.name === name)?.mean, metric.digits ?? 3))]), true);
}

function measures(table) {
  return [...table.metrics.map((metric) => intervals(metric.rows, metric.name, metric.digits ?? 3)),
    el("p", { class: "note" }, "A dot is the mean, the line around it its 95 % interval.")];
}

function measured(table) {
  return el("section", { class: "card", "aria-label": table.title },
    el("h2", {}, table.title), el("p", { class: "quiet" }, table.note),
    ...(exact(table) ? [numbers(table)] : measures(table)));
}

// What matters most first: the first table of the report, what serves now, then the rest.
function arranged(tables, all) {
  const [first, ...others] = tables, short = others.filter(exact), long = others.filter((table) => !exact(table));
  return [...(first ? [measured(first)] : []), ...all.filter((model) => model.champion).map(card),
    ...short.map(measured), ...long.map(measured), ...all.filter((model) => !model.champion).map(card)];
}

export async function models() {
  const [{ models: all }, report] = await Promise.all([
    get("models"),
    get("report").catch((error) => { if (error.status === 404) return {}; throw error; }),
  ]);
  const cards = arranged(report.tables || [], all);
  if (!cards.length) return empty("No model yet", "Run loupe train and loupe promote, and reload this page.");
  return el("div", { class: "models" },
    el("div", { class: "title" }, el("div", {}, el("h1", {}, "Models"),
      el("p", { class: "quiet" }, report.title || "What serves, and what it was measured against."))),
    el("div", { class: "cards" }, ...cards));
}
