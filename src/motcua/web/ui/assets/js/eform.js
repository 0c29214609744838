// Biểu mẫu điện tử: the conditions and sums of a page while one types. The server decides in any case.
import { evaluate, holds } from "./rules.mjs";

const READ = {
  YES_NO: (box) => ({ yes: true, no: false })[chosen(box)] ?? null,
  CHOICE: (box) => chosen(box) || null,
  SEVERAL: (box) => [...box.querySelectorAll("input:checked")].map((input) => input.value),
  STATEMENT: (box) => box.querySelector("input")?.checked || null,
  ADDRESS: (box) => {
    const held = Object.fromEntries([...box.querySelectorAll("input,select")].filter((input) => input.type !== "radio").map((input) => [input.name.split(".").pop(), input.value]));
    return { form: chosen(box) || "NEW", ...held };
  },
  MONEY: (box) => whole(typed(box).replace(/[.\s₫đ]|đồng/g, "")),
  NUMBER: (box) => (box.dataset.decimals ? decimal(typed(box)) : whole(typed(box).replace(/[.\s]/g, ""))),
  DATE: (box) => day(typed(box)),
  PARTIAL_DATE: (box) => day(typed(box)),
};

for (const form of document.querySelectorAll("[data-eform]")) {
  const known = JSON.parse(form.dataset.answers || "{}");
  const scope = { today: form.dataset.today };
  const settle = () => settled(form, { ...known }, scope);
  form.addEventListener("input", settle);
  form.addEventListener("change", settle);
  form.addEventListener("focusout", () => window.setTimeout(settle));
  form.addEventListener("input", suggest);
  settle();
}

// In the order of asking: a rule sees only what stands before it, and nothing of what is hidden.
function settled(form, values, scope) {
  for (const group of form.querySelectorAll(".eform-group")) {
    group.hidden = !holds(rule(group, "showIf"), values, scope);
    const rows = group.dataset.rows;
    if (rows) values[rows] = [];
    for (const part of rows ? group.querySelectorAll("[data-row]") : [group]) {
      const row = rows ? {} : null;
      for (const box of part.querySelectorAll(".eform-field")) field(box, group.hidden, values, { ...scope, row });
      if (rows && !group.hidden) values[rows].push(row);
    }
    if (rows && group.hidden) delete values[rows];
  }
}

function field(box, isGone, values, scope) {
  box.hidden = !holds(rule(box, "showIf"), values, scope);
  if (isGone || box.hidden) return;
  const must = rule(box, "requiredIf");
  if (must !== null) optional(box, !holds(must, values, scope));
  const sum = rule(box, "computed");
  const held = sum === null ? (READ[box.dataset.widget] ?? ((one) => typed(one) || null))(box) : evaluate(sum, values, scope);
  if (sum !== null) box.querySelector("[data-output]").textContent = told(held);
  if (held !== null && held !== "") (scope.row ?? values)[box.dataset.name] = held;
}

// "(không bắt buộc)" beside the question comes and goes with the answers that make it required.
function optional(box, isFree) {
  const label = box.querySelector("label,legend");
  let mark = label.querySelector(".field-optional");
  if (!mark && isFree) {
    mark = Object.assign(document.createElement("span"), { className: "field-optional", textContent: "(không bắt buộc)" });
    label.append(" ", mark);
  }
  if (mark) mark.hidden = !isFree;
}

function rule(part, name) {
  return part.dataset[name] ? JSON.parse(part.dataset[name]) : null;
}

function chosen(box) {
  return box.querySelector("input[type=radio]:checked")?.value ?? "";
}

function typed(box) {
  return (box.querySelector("input,select,textarea")?.value ?? "").normalize("NFC").trim().replace(/\s+/g, " ");
}

function whole(text) {
  return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : text || null;
}

function decimal(text) {
  const bare = text.replace(/ /g, "");
  return (bare.includes(",") ? bare.replace(/\./g, "").replace(",", ".") : bare) || null;
}

function day(text) {
  const found = text.match(/^(\d{1,2})\s*[/. -]\s*(\d{1,2})\s*[/. -]\s*(\d{4})$/) ?? text.match(/^(\d{2})(\d{2})(\d{4})$/);
  if (found) return `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}`;
  const month = text.match(/^(\d{1,2})\s*[/.-]\s*(\d{4})$/);
  return month ? `${month[2]}-${month[1].padStart(2, "0")}` : text || null;
}

function told(held) {
  if (held === null || held === "") return "–";
  if (typeof held === "boolean") return held ? "Có" : "Không";
  return typeof held === "number" ? String(held).replace(/\B(?=(\d{3})+$)/g, ".") : String(held);
}

let waiting;
function suggest(event) {
  const input = event.target.closest?.("[data-ward]");
  if (!input || input.value.trim().length < 2) return;
  window.clearTimeout(waiting);
  waiting = window.setTimeout(async () => {
    const old = input.closest(".address-old");
    const beside = old ? { cu: 1, huyen: old.querySelector("[name$=old_district]").value } : { tinh: input.closest(".address-new").querySelector("select").value };
    const asked = new URLSearchParams({ q: input.value, ...beside });
    const answer = await fetch(`${input.form.dataset.places}?${asked}`).catch(() => null);
    if (!answer?.ok) return;
    const { names } = await answer.json();
    input.list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
  }, 200);
}
