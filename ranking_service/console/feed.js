// One person's chronological and ranked timeline side by side: what moved, and why.
import { get } from "./api.js";
import { ago, el, empty, number, percent } from "./dom.js";
import { avatar, picture } from "./picture.js";

const SOURCES = {
  in_network: "Following", collaborative_filtering: "People like you", trending: "Trending",
};

function movement(item, before) {
  if (before === undefined) return el("span", { class: "move new", title: "Not among the newest posts of the people followed" }, "new");
  const steps = before - item.position;
  if (!steps) return el("span", { class: "move", title: "Same place" }, "=");
  return el("span", { class: `move ${steps > 0 ? "up" : "down"}`, title: `${Math.abs(steps)} places ${steps > 0 ? "up" : "down"}` },
    `${steps > 0 ? "▲" : "▼"} ${Math.abs(steps)}`);
}

function contribution(action, widest) {
  const width = `${Math.max(1, (Math.abs(action.contribution) / widest) * 100)}%`;
  return el("tr", {},
    el("th", { scope: "row" }, action.action.replaceAll("_", " ")),
    el("td", {}, percent(action.probability)), el("td", {}, `× ${number(action.weight, 1)}`),
    el("td", { class: "plot" }, el("span", { class: `bar ${action.contribution < 0 ? "minus" : "plus"}`, style: `width:${width}` })),
    el("td", {}, number(action.contribution, 3)));
}

function why(item) {
  const { actions = [], rules = [], value, score } = item.why;
  if (!actions.length) return el("p", { class: "quiet" }, "Newest first: no score.");
  const widest = Math.max(...actions.map((action) => Math.abs(action.contribution)), 1e-9);
  return el("div", { class: "why" },
    el("table", {}, el("caption", { class: "hidden" }, "Probability by action weight"),
      el("thead", { class: "hidden" }, el("tr", {}, ...["Action", "Probability", "Weight", "Share", "Value"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, ...actions.map((action) => contribution(action, widest)))),
    el("p", {}, `${SOURCES[item.why.source] || item.why.source}: value `, el("b", {}, number(value, 3)),
      ...rules.flatMap((rule) => [" · ", `${rule.name.replaceAll("_", " ")} × ${number(rule.factor, 2)}`]),
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
        el("span", { class: "counts quiet" }, `♥ ${number(post.counts.likes)}  ·  ${number(post.counts.comments)} comments`,
          post.place ? `  ·  ${post.place}` : "")),
      ranked ? el("span", { class: "side" }, movement(item, before),
        el("span", { class: `source ${item.why.source}` }, SOURCES[item.why.source] || item.why.source.replaceAll("_", " "))) : null),
    why(item)));
}

function column(title, hint, items, now, before, ranked) {
  return el("section", { class: "column", "aria-label": title },
    el("h2", {}, title), el("p", { class: "quiet" }, hint),
    items.length ? el("ol", { class: "posts" }, ...items.map((item) => card(item, now, before.get(item.post.post_id), ranked)))
      : empty("Nothing to show yet", "Follow someone, or pick another person."));
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
  const search = el("input", { type: "search", placeholder: "Find a person  ( / )", "aria-label": "Find a person", autocomplete: "off" });
  const fill = async () => {
    const { people } = await get("people", { query: search.value.trim(), limit: 12 });
    list.replaceChildren(...(people.length ? people.map((one) => el("li", {}, el("a", {
      href: `#/feed/${one.user_id}`, "aria-current": one.user_id === person ? "true" : null,
    }, avatar(one.username), el("span", {}, one.username)))) : [el("li", { class: "quiet" }, "Nobody by that name.")]));
  };
  search.addEventListener("input", () => fill().catch((error) => list.replaceChildren(el("li", {}, error.message))));
  await fill();
  return { node: el("aside", { class: "picker", "aria-label": "People" }, search, list), first: list.querySelector("a")?.getAttribute("href") };
}

export async function feed(person) {
  const side = await picker(person);
  const chosen = person || side.first?.split("/").pop();
  if (!chosen) return empty("Nobody lives here yet", "Run loupe demo, or loupe load, and reload this page.");
  const both = await get(`compare/${encodeURIComponent(chosen)}`, { limit: 20 });
  const now = Date.parse(both.now);
  const before = new Map(both.chronological.map((item) => [item.post.post_id, item.position]));
  const moved = both.ranked.filter((item) => before.get(item.post.post_id) !== item.position).length;
  const columns = el("div", { class: "columns", "data-shown": "ranked" },
    column("Chronological", "Newest first, from people followed.", both.chronological, now, before, false),
    column("Ranked", `${both.served_by} · model ${both.model_version || "none"} · ${moved} of ${both.ranked.length} posts moved. Open a post to see why.`, both.ranked, now, before, true));
  linkHighlights(columns);
  return el("div", { class: "feed" }, side.node, el("div", { class: "stage" },
    el("div", { class: "title" }, avatar(both.user.username), el("div", {}, el("h1", {}, both.user.username),
      el("p", { class: "quiet" }, `${number(both.user.following)} following · ${number(both.user.followers)} followers · ${number(both.user.posts)} posts`))),
    switcher(columns), columns));
}
