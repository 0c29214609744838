// Lists: j and k move, Enter opens, x ticks, Shift+x ticks a run, the bulk bar counts. The list itself never moves while one reads.
export function lists() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.("input:not([type=checkbox]), textarea, select")) return;
    const list = document.querySelector("[data-list]");
    if (!list) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      move(list, step);
    } else if (event.key === "Enter" && event.target.closest("[data-row]") && event.target.matches("[data-row]")) {
      event.preventDefault();
      event.target.querySelector("a[href]")?.click();
    } else if (event.key.toLowerCase() === "x") {
      const box = current(list)?.querySelector('input[type="checkbox"]');
      if (!box) return;
      event.preventDefault();
      box.checked = !box.checked;
      if (event.shiftKey) run(list, box);
      last = box;
      tally(list);
    }
  });
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("[data-list] input[type=checkbox]");
    if (box && !box.matches("[data-all]")) {
      if (event.shiftKey) run(box.closest("[data-list]"), box);
      last = box;
    }
    const row = event.target.closest?.("[data-row]");
    if (row && !event.target.closest("a, button, input, label, summary") && !window.getSelection().toString()) row.querySelector("a[href]")?.click();
  });
  document.addEventListener("change", (event) => {
    const list = event.target.closest?.("[data-list]");
    if (!list || event.target.type !== "checkbox") return;
    if (event.target.matches("[data-all]")) for (const box of boxes(list)) box.checked = event.target.checked;
    tally(list);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (row && event.detail.successful && event.detail.requestConfig.verb === "get") mark(row);
  });
  // What opens beside a list has a page of its own where there is no room beside it.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.target?.matches?.("[data-beside]") || window.matchMedia("(min-width: 64rem)").matches) return;
    event.preventDefault();
    window.location.assign(event.detail.elt.href);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.matches?.("[data-beside]")) event.target.scrollTop = 0;
  });
  for (const list of document.querySelectorAll("[data-list]")) tally(list);
}

let last = null;
const rows = (list) => [...list.querySelectorAll("[data-row]")];
const boxes = (list) => [...list.querySelectorAll('[data-row] input[type="checkbox"]')];
const current = (list) => document.activeElement?.closest?.("[data-row]") ?? list.querySelector('[data-row][aria-current="true"]');

function move(list, step) {
  const all = rows(list);
  const from = all.indexOf(current(list));
  const row = all[Math.min(Math.max(from + step, 0), all.length - 1)];
  row?.setAttribute("tabindex", "-1");
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function mark(row) {
  for (const other of rows(row.closest("[data-list]"))) other.toggleAttribute("aria-current", false);
  row.setAttribute("aria-current", "true");
}

function run(list, box) {
  const all = boxes(list);
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (from >= 0) for (const one of all.slice(from, to + 1)) one.checked = box.checked;
}

function tally(list) {
  const chosen = boxes(list).filter((box) => box.checked);
  const ticked = chosen.length;
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  bar.hidden = ticked === 0;
  for (const said of bar.querySelectorAll("[data-bulk-count]")) said.textContent = String(ticked);
  for (const button of bar.querySelectorAll("[data-act]")) offer(button, chosen);
}

// An act stands in the bar while at least one ticked row can take it; it says how many can when not all do.
function offer(button, chosen) {
  const told = chosen.filter((box) => box.dataset.acts !== undefined);
  const able = told.filter((box) => box.dataset.acts.split(" ").includes(button.dataset.act)).length;
  const unknown = chosen.length - told.length;
  button.hidden = chosen.length > 0 && able + unknown === 0;
  const count = button.querySelector("[data-act-count]");
  if (count) count.textContent = able + unknown < chosen.length ? ` (${able + unknown})` : "";
}
