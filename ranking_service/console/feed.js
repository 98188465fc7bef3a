// One person's chronological and ranked timeline side by side: what moved, and why.
import { get } from "./api.js";
import { ago, count, el, empty, figure, number, percent, plain } from "./dom.js";
import { avatar, picture } from "./picture.js";

const SOURCES = {
  in_network: "Following", collaborative: "People like you", discovery: "To discover",
  trending: "Trending", caller: "Caller",
};
const DEEP = 100, SHOWN = 20;
let asked = "";

const sourceName = (source) => SOURCES[source] || plain(source);

function movement(item, before) {
  if (before === undefined) return el("span", { class: "move new", title: `Not among the newest ${DEEP} posts of the people followed` }, "new");
  const steps = before - item.position;
  if (!steps) return el("span", { class: "move", title: "Same place" }, "=");
  return el("span", { class: `move ${steps > 0 ? "up" : "down"}`, title: `Number ${before + 1} by time: ${count(Math.abs(steps), "place")} ${steps > 0 ? "up" : "down"}` },
    `${steps > 0 ? "▲" : "▼"} ${Math.abs(steps)}`);
}

function contribution(action, widest) {
  const width = `${Math.max(1, (Math.abs(action.contribution) / widest) * 100)}%`;
  return el("tr", {},
    el("th", { scope: "row" }, plain(action.action)),
    el("td", {}, percent(action.probability)), el("td", {}, `× ${number(action.weight, 1)}`),
    el("td", { class: "plot" }, el("span", { class: `bar ${action.contribution < 0 ? "minus" : "plus"}`, style: `width:${width}` })),
    el("td", {}, number(action.contribution, 3)));
}

function spoke(part, widest) {
  const width = `${Math.max(1, (Math.abs(part.contribution) / widest) * 100)}%`;
  return el("tr", {},
    el("th", { scope: "row", title: part.feature }, part.label),
    el("td", {}, part.value === null ? "unknown" : figure(part.value)),
    el("td", { class: "plot" }, el("span", { class: `bar ${part.contribution < 0 ? "minus" : "plus"}`, style: `width:${width}` })),
    el("td", {}, `× ${number(Math.exp(part.contribution), 2)}`));
}

function features(parts) {
  const widest = Math.max(...parts.map((part) => Math.abs(part.contribution)), 1e-9);
  return el("table", { class: "spoke" }, el("caption", { class: "hidden" }, "What spoke loudest for or against it"),
    el("thead", { class: "hidden" }, el("tr", {}, ...["Feature", "Here", "Share", "Factor"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, ...parts.map((part) => spoke(part, widest))));
}

function why(item) {
  const { actions = [], features: parts = [], rules = [], value, score } = item.why;
  if (!Number.isFinite(value)) return el("p", { class: "quiet" }, "Newest first: no score.");
  const widest = Math.max(...actions.map((action) => Math.abs(action.contribution)), 1e-9);
  return el("div", { class: "why" },
    actions.length === 0 ? null : el("table", {}, el("caption", { class: "hidden" }, "Probability by action weight"),
      el("thead", { class: "hidden" }, el("tr", {}, ...["Action", "Probability", "Weight", "Share", "Value"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, ...actions.map((action) => contribution(action, widest)))),
    parts.length === 0 ? null : features(parts),
    el("p", {}, `${sourceName(item.why.source)}: ${parts.length ? "strength" : "value"} `, el("b", {}, number(value, 3)),
      ...rules.flatMap((rule) => [" · ", `${plain(rule.name)} × ${number(rule.factor, 2)}`]),
      " → score ", el("b", {}, number(score, 3))));
}

function card(item, now, before, ranked) {
  const { post } = item;
  return el("li", {}, el("details", { class: "post", "data-post": post.post_id, name: ranked ? "ranked" : "chronological" },
    el("summary", {},
      el("span", { class: "place" }, String(item.position + 1)),
      picture(post),
      el("span", { class: "body" },
        el("span", { class: "who" }, avatar(post.author.username), el("b", {}, post.author.username), el("span", { class: "quiet" }, ago(Date.parse(post.created_at), now))),
        el("span", { class: "caption" }, post.caption || "No caption"),
        el("span", { class: "tags" }, ...post.hashtags.slice(0, 4).map((tag) => el("span", { class: "tag" }, `#${tag}`))),
        el("span", { class: "counts quiet" }, `♥ ${number(post.counts.likes)}  ·  ${count(post.counts.comments, "comment")}`,
          post.place ? `  ·  ${post.place}` : "")),
      ranked ? el("span", { class: "side" }, movement(item, before),
        el("span", { class: `source ${item.why.source}` }, sourceName(item.why.source))) : null),
    why(item)));
}

function column(title, hint, items, now, before, ranked, none) {
  return el("section", { class: "column", "aria-label": title },
    el("h2", {}, title), el("p", { class: "quiet" }, hint),
    items.length ? el("ol", { class: "posts" }, ...items.map((item) => card(item, now, before.get(item.post.post_id), ranked)))
      : empty("Nothing to show yet", none));
}

function linkHighlights(root) {
  const mark = (event, on) => {
    const post = event.target.closest?.(".post");
    if (post) for (const twin of root.querySelectorAll(`[data-post="${CSS.escape(post.dataset.post)}"]`)) twin.classList.toggle("twin", on);
  };
  for (const [name, on] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
    root.addEventListener(name, (event) => mark(event, on));
  }
}

function switcher(columns) {
  const buttons = ["Ranked", "Chronological"].map((label, index) =>
    el("button", { type: "button", "aria-pressed": String(index === 0), onclick: () => {
      columns.dataset.shown = label.toLowerCase();
      buttons.forEach((button, other) => button.setAttribute("aria-pressed", String(other === index)));
    } }, label));
  return el("div", { class: "switcher", role: "group", "aria-label": "Timeline" }, ...buttons);
}

async function picker(person) {
  const list = el("ul", { class: "people", role: "list" });
  const search = el("input", { type: "search", placeholder: "Find a person  ( / )", "aria-label": "Find a person", autocomplete: "off", maxlength: 64 });
  search.value = asked;
  const link = (one) => el("li", {}, el("a", {
    href: `#/feed/${one.user_id}`, "aria-current": one.user_id === person ? "true" : null,
  }, avatar(one.username), el("span", {}, one.username)));
  const fill = async () => {
    const query = asked = search.value.trim();
    const { people } = await get("people", { query, limit: 12 });
    if (query !== asked) return;
    // Who has gone into the list by keyboard meanwhile stays with the same person, or goes back to the search.
    const held = list.contains(document.activeElement) && document.activeElement.getAttribute("href");
    list.replaceChildren(...(people.length ? people.map(link) : [el("li", { class: "quiet" }, "Nobody by that name.")]));
    if (held) (list.querySelector(`[href="${held}"]`) || search).focus();
  };
  search.addEventListener("input", () => fill().catch((error) => list.replaceChildren(el("li", {}, error.message))));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("a")?.click();
  });
  await fill();
  // Whoever is shown stands in the list, although others come first by name.
  const keep = (user) => {
    if (!asked && !list.querySelector("[aria-current]")) list.prepend(link(user));
  };
  return { node: el("aside", { class: "picker", "aria-label": "People" }, search, list), first: list.querySelector("a"), keep };
}

function hint(both, shown, before) {
  if (both.served_by === "chronological") return both.model_version ? "Newest first: ranking took too long this time. Reload to try again." : "Newest first: no model ranked this. Reload, or run loupe train and loupe promote.";
  const moved = shown.filter((item) => before.get(item.post.post_id) !== item.position).length;
  const light = both.served_by === "full" ? "" : ` (${both.served_by}: a part was left out)`;
  return `${moved} of ${count(shown.length, "post")} moved by model ${both.model_version}${light}. Open one to see why: j, k, Enter.`;
}

function timelines(both) {
  const now = Date.parse(both.now);
  const before = new Map(both.chronological.map((item) => [item.post.post_id, item.position]));
  const newest = both.chronological.slice(0, SHOWN), ranked = both.ranked.slice(0, SHOWN);
  const none = both.user.following ? "Nothing by the people followed has come in." : "Follow someone, or pick another person.";
  const columns = el("div", { class: "columns", "data-shown": "ranked" },
    column("Chronological", "Newest first, from people followed; a shared post stands where it was shared.", newest, now, before, false, none),
    column("Ranked", hint(both, ranked, before), ranked, now, before, true, none));
  linkHighlights(columns);
  return [el("div", { class: "title" }, avatar(both.user.username), el("div", {}, el("h1", {}, both.user.username),
    el("p", { class: "quiet" }, `${number(both.user.following)} following · ${count(both.user.followers, "follower")} · ${count(both.user.posts, "post")}`))),
  switcher(columns), columns];
}

export async function feed(person) {
  const side = await picker(person);
  const chosen = person || side.first?.getAttribute("href").split("/").pop();
  if (!chosen) return empty("Nobody lives here yet", "Run loupe demo, or loupe load, and reload this page.");
  if (!person) side.first.setAttribute("aria-current", "true");
  const stage = el("div", { class: "stage" });
  try {
    const both = await get(`compare/${encodeURIComponent(chosen)}`, { limit: DEEP });
    side.keep(both.user);
    stage.append(...timelines(both));
  } catch (error) {
    stage.append(empty(error.message, error.fix || "Pick another person."));
  }
  return el("div", { class: "feed" }, side.node, stage);
}
