// Shows the page that the address names, and says what went wrong when it cannot.
import { el, empty } from "./dom.js";
import { feed } from "./feed.js";
import { models } from "./models.js";
import { trends } from "./trends.js";

const pages = { feed, trends, models };
const main = document.getElementById("main");
let turn = 0;

async function show() {
  const [, name = "feed", ...rest] = location.hash.split("/").map(decodeURIComponent);
  const page = pages[name] ? name : "feed";
  const mine = ++turn;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.page === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  main.replaceChildren(el("div", { class: "loading", role: "status" }, "Loading…"));
  let content;
  try {
    content = await pages[page](...rest);
  } catch (error) {
    content = empty(error.message, error.fix || "Check that the service is running, then reload.");
  }
  if (mine === turn) main.replaceChildren(content);
}

addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select");
  if (event.key === "/" && !typing) {
    document.querySelector("input[type=search]")?.focus();
    event.preventDefault();
  }
  if ((event.key === "j" || event.key === "k") && !typing) {
    const shown = [...document.querySelectorAll(".post summary, .tag-button")].filter((node) => node.offsetParent);
    const here = shown.indexOf(document.activeElement);
    shown[Math.min(shown.length - 1, Math.max(0, here + (event.key === "j" ? 1 : -1)))]?.focus();
  }
});
show();
