// Keys. data-key="g" on a link, button or field: pressing it (outside a field) follows, presses or focuses it.
// data-key="Ctrl+Enter" works inside fields too. "/" goes to [data-search]. "?" shows the list of keys.
const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";

export function keyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const isTyping = event.target.matches?.(TYPING);
    if (event.key === "Escape") return leave(event, isTyping);
    const pressed = name(event);
    if (isTyping && !(event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(event.key))) return;
    if (pressed === "/") return act(event, document.querySelector("[data-search]"));
    if (pressed === "?") return act(event, document.querySelector("[data-keys]"));
    act(event, [...document.querySelectorAll(`[data-key="${CSS.escape(pressed)}"]`)].find(isShown));
  });
  // A QR or bar-code reader types very fast and ends with Enter: what it types outside a field belongs in the search box.
  let burst = "", last = 0;
  document.addEventListener("keypress", (event) => {
    const search = document.querySelector("[data-search]");
    if (!search || event.target.matches?.(TYPING)) return;
    burst = event.timeStamp - last < 35 ? burst + event.key : event.key;
    last = event.timeStamp;
    if (burst.length < 6) return;
    search.focus();
    search.value = burst;
    burst = "";
    event.preventDefault();
  });
}

function name(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const marks = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey && event.key.length > 1 ? "Shift" : ""];
  return [...marks.filter(Boolean), key].join("+");
}

function isShown(element) {
  return !element.disabled && element.getClientRects().length > 0;
}

function act(event, element) {
  if (!element) return;
  event.preventDefault();
  if (element.matches(TYPING)) {
    element.focus();
    element.select?.();
  } else {
    element.focus({ preventScroll: true });
    element.click();
  }
}

function leave(event, isTyping) {
  const open = document.querySelector("details.menu[open], dialog[open]");
  if (open) {
    event.preventDefault();
    open.matches("dialog") ? open.close() : open.removeAttribute("open");
    open.querySelector("summary")?.focus();
  } else if (isTyping) {
    event.target.blur();
  } else {
    document.querySelector("[data-back]")?.click();
  }
}
