// Forms: send on change, refuse a second press, say how many letters are left, add the slashes of a day, warn before leaving.
export function forms() {
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-autosubmit]") && event.target.form) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "get" || form.matches("[hx-post],[data-appearance]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    lighten(form);
    event.submitter?.setAttribute("aria-busy", "true");
    window.setTimeout(() => delete form.dataset.sent, 8000);
  });
  document.addEventListener("input", (event) => {
    const field = event.target;
    field.form?.setAttribute("data-touched", "");
    if (field.dataset.count) count(field);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-day]")) event.target.value = day(event.target.value);
    if (event.target.matches("[data-money]")) event.target.value = money(event.target.value);
  });
  for (const field of document.querySelectorAll("[data-count]")) count(field);
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-guard][data-touched]:not([data-sent])")) event.preventDefault();
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
  document.addEventListener("click", (event) => {
    const picker = event.target.closest("[data-picks]");
    if (picker) document.getElementById(picker.dataset.picks)?.showPicker?.();
  });
  document.addEventListener("change", (event) => {
    const into = event.target.dataset?.fills;
    if (into) document.getElementById(into).value = event.target.value.split("-").reverse().join("/");
  });
}

// Scans go ahead as soon as they are chosen; a form with no file left is sent the light way.
function lighten(form) {
  const files = [...form.elements].filter((field) => field.type === "file");
  if (!files.length) return;
  form.enctype = files.some((field) => field.files.length) ? "multipart/form-data" : "application/x-www-form-urlencoded";
}

function count(field) {
  const said = document.getElementById(`${field.id}-count`);
  if (said) said.textContent = `Còn ${field.maxLength - field.value.length} ký tự`;
}

function day(text) {
  const found = text.trim().match(/^(\d{1,2})[/. -]?(\d{1,2})[/. -]?(\d{4})$/);
  return found ? `${found[1].padStart(2, "0")}/${found[2].padStart(2, "0")}/${found[3]}` : text;
}

function money(text) {
  const digits = text.replace(/[.\s₫đ]/g, "");
  return /^\d+$/.test(digits) ? digits.replace(/\B(?=(\d{3})+$)/g, ".") : text;
}
