// Renews the part of the page that changes, and says in one sentence what has changed. An address
// that ends with `#newest=attention` asks for the feedback on the newest attempt at `attention`.
"use strict";

const live = document.getElementById("live");
const news = document.getElementById("news");
const fresh = document.getElementById("fresh");
const SECOND = 1000;
let wanted = new URLSearchParams(location.hash.slice(1)).get("newest");
if (wanted) fresh.textContent = "The feedback opens here as soon as it is there.";
const renews = fresh.textContent;

function said() {
  return [...live.querySelectorAll("[data-news]")].map((row) => row.dataset.news);
}

function seconds() {
  if (live.dataset.slow === "yes") return 10;
  return document.getElementById("part").dataset.passing === "yes" ? 1 : 2;
}

function openWanted() {
  const sections = [...live.querySelectorAll("section")];
  const section = sections.find((one) => one.dataset.assignment === wanted);
  const links = section?.querySelector("tbody tr")?.querySelectorAll("a") ?? [];
  if (links.length !== 1) return;
  wanted = null;
  history.replaceState(null, "", location.pathname); // who comes back here stays here
  location.assign(links[0].href);
}

let shown = "";
function show(html) {
  if (html === shown) return;
  shown = html;
  const before = new Set(said());
  const focused = document.activeElement && document.activeElement.id;
  live.innerHTML = html;
  if (focused) document.getElementById(focused)?.focus();
  const changed = said().filter((sentence) => !before.has(sentence));
  if (changed.length) news.textContent = changed.join(" ");
  openWanted();
}

// JupyterHub answers a script only if it shows that it can read this cookie of the page.
function token() {
  return /(?:^|; )_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

async function renew() {
  try {
    const headers = { "X-XSRFToken": token() };
    const answer = await fetch("?part=1", { redirect: "manual", headers });
    if (answer.ok) show(await answer.text());
    fresh.textContent = answer.ok ? renews : "This page no longer renews itself: reload it.";
  } catch {
    fresh.textContent = "No connection at this moment; it is tried again.";
  }
}

let next = 0;
let asking = false;
async function loop() {
  clearTimeout(next);
  // A page that nobody looks at asks nothing.
  if (asking || document.hidden) return;
  asking = true;
  await renew();
  asking = false;
  next = setTimeout(loop, seconds() * SECOND);
}

openWanted();
document.addEventListener("visibilitychange", loop);
next = setTimeout(loop, SECOND);
