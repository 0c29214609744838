// Keys. data-key="g" on a link, button or field: pressing it (outside a field) follows, presses or focuses it.
// data-key="Ctrl+Enter" works inside fields too. "/" goes to [data-search]. "?" shows the list of keys.
const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";

// A reader of codes types faster than any hand: no letter of such a burst is a key.
const HAND = 45; // milliseconds between two keys of a person, at the least
const BURST = 6;

export function keyboard() {
  let burst = "";
  let last = 0;
  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const isTyping = event.target.matches?.(TYPING);
    if (event.key === "Escape") return leave(event, isTyping);
    const pressed = name(event);
    const isMarked = event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1;
    if (isTyping && (!isMarked || /^(Enter|Backspace|Delete|Tab|Arrow.*|Home|End|Page.*|Shift|Process)$/.test(pressed))) return;
    if (isMarked) return act(event, keyed(pressed, isTyping ? event.target : null));
    if (event.repeat || event.key === " ") return; // a key held down is a hand; the space presses what has the focus
    const isQuick = event.timeStamp - last < HAND;
    last = event.timeStamp;
    burst = isQuick ? burst + event.key : event.key;
    window.clearTimeout(waiting);
    if (isQuick) {
      event.preventDefault();
      if (burst.length >= BURST) scan(burst);
    } else {
      const target = pressed === "/" ? searchBox() : pressed === "?" ? document.querySelector("[data-keys]") : keyed(pressed);
      if (!target) return;
      event.preventDefault();
      waiting = window.setTimeout(() => act(null, target), HAND);
    }
  });
}

// What has come so far goes into the search box; the rest and the Enter of the reader follow by themselves.
function scan(text) {
  const search = searchBox();
  if (!search) return;
  search.focus();
  search.value = text;
}

// Inside a form, what sends is the form that one writes in, never another act of the page.
function keyed(pressed, field) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(pressed)}"]`)].filter(isShown);
  if (!field?.form || pressed !== "Ctrl+Enter") return found[0];
  return found.find((one) => one.form === field.form) ?? field.form.querySelector("button[type=submit]");
}

function name(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const marks = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey && event.key.length > 1 ? "Shift" : ""];
  return [...marks.filter(Boolean), key].join("+");
}

// The page's own box, when it has one, goes before the one of the bar.
function searchBox() {
  return [...document.querySelectorAll("[data-search]")].filter(isShown).at(-1);
}

function isShown(element) {
  return !element.disabled && element.getClientRects().length > 0;
}

function act(event, element) {
  if (!element) return;
  event?.preventDefault();
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
