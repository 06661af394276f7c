"""Style and script of the to-do page.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ground: #f6f5f2; --card: #fff; --ink: #1d1f23; --soft: #5c6068;
  --line: #dcdad4; --accent: #0b57d0; --on-accent: #fff; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181c; --card: #1f2227; --ink: #e8e8ea; --soft: #a3a8b2; --line: #363a42;
    --accent: #8ab4f8; --on-accent: #10131a; --good: #7fd39b; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main { max-width: 54rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; overflow-wrap: anywhere; }
header p { margin: .25rem 0; color: var(--soft); }
#done { color: var(--good); min-height: 1.5em; }
article { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem;
  margin: 0 0 .8rem; }
article.done { opacity: .55; }
.head { display: flex; flex-wrap: wrap; gap: .25rem .9rem; align-items: center; }
.head label { display: inline-flex; gap: .5rem; align-items: center; cursor: pointer; }
.head input { width: 1.1rem; height: 1.1rem; accent-color: var(--accent); }
.what { color: var(--soft); font-size: .92rem; }
a { color: var(--accent); }
.copy { display: flex; gap: .7rem; align-items: start; margin: .7rem 0 .4rem; }
pre { flex: 1; min-width: 0; margin: 0; padding: .6rem .75rem; background: var(--ground);
  border: 1px solid var(--line); border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere;
  font: .92rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
code { font: .92rem ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
button { flex: none; min-width: 5.2rem; padding: .5rem .9rem; border: 0; border-radius: .4rem;
  cursor: pointer; background: var(--accent); color: var(--on-accent);
  font: inherit; font-size: .95rem; font-weight: 600; }
button.copied { background: var(--good); color: var(--card); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
ul { margin: .3rem 0 0; padding-left: 1.2rem; color: var(--soft); font-size: .92rem; }
li { overflow-wrap: anywhere; }
@media (max-width: 34rem) { .copy { flex-direction: column; align-items: stretch; } }
@media print { button, input { display: none; } article { break-inside: avoid; } }
"""

SCRIPT = """
"use strict";
const KEY = "tympan-todo-done";
const cards = [...document.querySelectorAll("article")];
let done = new Set();
try { done = new Set(JSON.parse(localStorage.getItem(KEY) || "[]")); } catch (error) { /* not kept, then */ }

function show() {
  for (const card of cards) {
    card.classList.toggle("done", done.has(card.dataset.job));
    card.querySelector("input").checked = done.has(card.dataset.job);
  }
  const count = cards.filter((card) => done.has(card.dataset.job)).length;
  document.getElementById("done").textContent = count ? count + " of " + cards.length + " ticked off" : "";
}

async function copy(button) {
  const pre = button.parentElement.querySelector("pre");
  let ok = true;
  try {
    await navigator.clipboard.writeText(pre.textContent);
  } catch (error) {
    const range = document.createRange();
    range.selectNodeContents(pre);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    ok = document.execCommand("copy");
  }
  button.textContent = ok ? "Copied" : "Press Ctrl+C";
  button.classList.toggle("copied", ok);
  setTimeout(() => { button.textContent = "Copy"; button.classList.remove("copied"); }, 2000);
}

for (const card of cards) {
  card.querySelector("input").addEventListener("change", (event) => {
    event.target.checked ? done.add(card.dataset.job) : done.delete(card.dataset.job);
    try { localStorage.setItem(KEY, JSON.stringify([...done])); } catch (error) { /* not kept, then */ }
    show();
  });
  for (const button of card.querySelectorAll("button")) button.addEventListener("click", () => copy(button));
}
show();
"""
