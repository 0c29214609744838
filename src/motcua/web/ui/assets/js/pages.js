// Pages: print, copy, close menus, show the local hour, tell what htmx could not do.
export function pages() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) {
      event.preventDefault();
      print(event.target.closest("[data-print]").dataset.print);
    }
    const jump = event.target.closest(".error-summary a");
    if (jump) go(event, document.getElementById(jump.hash.slice(1)));
    const copied = event.target.closest("[data-copy]");
    if (copied) navigator.clipboard?.writeText(copied.dataset.copy).then(() => copied.setAttribute("data-copied", ""));
    const shown = event.target.closest("[data-dialog]");
    if (shown) document.getElementById(shown.dataset.dialog)?.showModal();
    if (event.target.closest("[data-dismiss]")) event.target.closest(".message")?.remove();
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.removeAttribute("open");
  });
  for (const here of document.querySelectorAll('.sections [aria-current="page"], .segments [aria-current="page"]')) show(here);
  const now = document.querySelector("[data-print-now]");
  if (now) print(now.dataset.printNow);
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
  document.addEventListener("htmx:sendError", () => tell("Chưa kết nối được máy chủ: kiểm tra mạng rồi thử lại."));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status >= 500) tell("Hệ thống gặp lỗi. Hãy chờ một phút rồi thử lại.");
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
  });
}

// An address of a PDF is printed from a hidden frame; nothing given prints this page.
function print(address) {
  if (!address) return window.print();
  const frame = document.createElement("iframe");
  frame.className = "print-frame";
  frame.src = address;
  frame.addEventListener("load", () => {
    const before = document.activeElement;
    frame.contentWindow.focus();
    frame.contentWindow.print();
    window.focus();
    before?.focus?.(); // the keys of the page work on
  });
  document.body.append(frame);
}

// On a narrow screen the tabs scroll sideways: the one we are at is in sight. The page itself does not move.
function show(here) {
  const row = here.closest(".sections, .segments");
  const beyond = here.getBoundingClientRect().right - row.getBoundingClientRect().right;
  if (beyond > 0) row.scrollLeft += beyond + 24;
}

// From a refusal to its field, ready to write in.
function go(event, place) {
  if (!place) return;
  event.preventDefault();
  const field = place.matches("fieldset") ? place.querySelector("input") : place;
  place.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
}

function tell(sentence) {
  const region = document.getElementById("messages");
  if (!region) return;
  const message = document.createElement("p");
  message.className = "message message-error";
  message.textContent = sentence;
  region.replaceChildren(message);
}
