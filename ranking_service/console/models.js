// The models that were trained, which one serves, and what it was measured against.
import { get } from "./api.js";
import { intervals } from "./chart.js";
import { el, empty, number } from "./dom.js";

const METRICS = { auc: "AUC", log_loss: "Log loss", ece: "Calibration error", base_rate: "Base rate" };

function heads(model) {
  const names = Object.keys(model.metrics.heads || {});
  if (!names.length) return el("p", { class: "quiet" }, "This model has no metrics per action.");
  const columns = Object.keys(METRICS).filter((metric) => names.some((head) => metric in model.metrics.heads[head]));
  return el("table", { class: "plain" }, el("caption", {}, "Per action, on held-out days"),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Action"), el("th", { scope: "col" }, "Weight"), ...columns.map((metric) => el("th", { scope: "col" }, METRICS[metric])))),
    el("tbody", {}, ...names.map((head) => el("tr", {}, el("th", { scope: "row" }, head.replaceAll("_", " ")),
      el("td", {}, number(model.action_weights[head] ?? 0, 1)),
      ...columns.map((metric) => el("td", {}, number(model.metrics.heads[head][metric], 4)))))));
}

function card(model) {
  return el("section", { class: "card", "aria-label": `Model ${model.version}` },
    el("h2", {}, model.version, model.champion ? el("span", { class: "badge" }, "champion") : null),
    el("p", { class: "quiet" }, `${model.objective} · ${model.features.length} features · ${model.created_at.slice(0, 16).replace("T", " ")} UTC`),
    heads(model));
}

function report(measured) {
  return (measured.tables || []).map((table) => el("section", { class: "card", "aria-label": table.title },
    el("h2", {}, table.title), el("p", { class: "quiet" }, table.note),
    ...table.metrics.map((metric) => intervals(metric.rows, metric.name, metric.digits ?? 3))));
}

export async function models() {
  const [{ models: all }, measured] = await Promise.all([
    get("models"),
    get("report").catch((error) => { if (error.status === 404) return {}; throw error; }),
  ]);
  const cards = [...report(measured), ...all.map(card)];
  if (!cards.length) return empty("No model yet", "Run loupe train and loupe promote, and reload this page.");
  return el("div", { class: "models" },
    el("div", { class: "title" }, el("div", {}, el("h1", {}, "Models"), el("p", { class: "quiet" }, "What serves, and what it was measured against."))),
    el("div", { class: "cards" }, ...cards));
}
