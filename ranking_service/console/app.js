// Shows the page that the address names, and says what went wrong when it cannot.
import { el, empty } from "./dom.js";
import { feed } from "./feed.js";
import { models } from "./models.js";
import { trends } from "./trends.js";

const pages = { feed, trends, models };
const main = document.getElementById("main");
let turn = 0;
let drawn = "";

async function show() {
  const [, name, ...rest] = location.hash.split("/");
  const page = Object.hasOwn(pages, name) ? name : "feed";
  const mine = ++turn;
  const focused = main.contains(document.activeElement) ? document.activeElement.getAttribute("href") : undefined;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.page === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (page !== drawn) main.replaceChildren(el("div", { class: "loading", role: "status" }, "Loading…"));
  let content;
  try {
    content = await pages[page](...rest.map(decodeURIComponent));
  } catch (error) {
    content = empty(error.message, error.fix || "Check that the service is running, then reload.");
  }
  if (mine !== turn) return;
  main.replaceChildren(content);
  drawn = page;
  document.title = [main.querySelector("h1")?.textContent, "Loupe"].filter(Boolean).join(" · ");
  if (focused !== undefined) refocus(focused);
}

// Drawing a page anew takes the focus away: give it back to the same link, or to the page.
function refocus(href) {
  const same = [...main.querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === href);
  (same || main).focus({ preventScroll: true });
}

addEventListener("hashchange", show);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
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
