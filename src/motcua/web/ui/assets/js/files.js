// Files: drop them or choose them; each goes at once, in parts, shows how far it has come and goes on after a break.
// <form data-drop> with one <input type=file>: what comes back replaces [data-drop-target] (or the page is read again).
// <input type=file data-upload="address" data-upload-target="#x" data-upload-with="name">: the same for one field of a larger form.
// <form data-upload-then="[name=keep]"> with fields of files: when all have arrived, that button is pressed.
import { cancel, forget, standing, transfer, unfinished } from "./transfer.js";

const busy = new WeakMap(); // field -> {stop}

export function files() {
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragover");
      if (kind === "drop") send(zone.querySelector('input[type="file"]'), [...event.dataTransfer.files]);
    });
  }
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.matches?.('input[type="file"]')) return;
    if (isSent(field)) send(field, [...field.files]);
    else say(field);
  });
  offerAll(document);
  document.addEventListener("htmx:load", (event) => offerAll(event.detail.elt));
}

const isSent = (field) => field.closest("[data-drop], [data-upload-then]") || field.dataset.upload;
const placeOf = (field) => new URL(field.dataset.upload ?? field.form.action, location.href).pathname;
const tokenOf = (field) => field.form?.elements.csrfmiddlewaretoken?.value ?? document.querySelector('meta[name="csrf-token"]')?.content ?? "";

function say(input) {
  const names = document.getElementById(`${input.id}-names`);
  if (names) names.textContent = [...input.files].map((file) => file.name).join(", ");
}

// Words and a bar beside a field; made once where the page has none.
function signs(field) {
  const frame = field.closest("[data-drop], .scans, .field") ?? field.parentElement;
  let words = frame.querySelector("[data-drop-words]");
  if (!words) {
    words = Object.assign(document.createElement("p"), { className: "small muted m-0" });
    words.dataset.dropWords = "";
    words.setAttribute("aria-live", "polite");
    frame.append(words);
  }
  let bar = frame.querySelector("progress");
  if (!bar) {
    bar = Object.assign(document.createElement("progress"), { max: 1, hidden: true });
    bar.setAttribute("aria-label", "Đang gửi tệp");
    frame.append(bar);
  }
  return { words, bar };
}

async function send(field, list) {
  if (!field || !list.length || busy.has(field)) return;
  const [place, token, { words, bar }, stop] = [placeOf(field), tokenOf(field), signs(field), { now: false }];
  busy.set(field, stop);
  refused(words)?.remove();
  bar.hidden = false;
  bar.value = 0;
  const urls = [];
  try {
    for (const file of list) {
      const url = await transfer(file, place, field.name, token, tellOf(words, bar, file, stop), stop);
      if (url) urls.push(url);
    }
  } catch (fault) {
    bar.hidden = true;
    busy.delete(field);
    if (urls.length) hold(field, urls);
    if (fault.message) return refuse(field, words, fault.message);
    return again(field, words, "Mất mạng. Phần đã gửi vẫn còn.", list);
  }
  busy.delete(field);
  if (urls.length) await finish(field, urls, words, bar);
  else bar.hidden = true;
}

function tellOf(words, bar, file, stop) {
  let share = 0;
  return (now, state) => {
    share = now ?? share;
    bar.value = share;
    const percent = Math.floor(share * 100);
    const sentence = state === "waiting" ? `Mất mạng. Đã gửi ${percent}% “${file.name}”, tự gửi tiếp khi có mạng.` : `Đang gửi “${file.name}”: ${percent}%`;
    words.replaceChildren(sentence, " ", press("Thôi", () => ((stop.now = true), (words.textContent = "Đã thôi gửi."))));
  };
}

// What cannot be taken is said as any other error of the field, and aloud.
function refuse(field, words, sentence) {
  words.textContent = "";
  field.value = "";
  const error = Object.assign(document.createElement("p"), { className: "field-error", textContent: sentence });
  error.dataset.refused = "";
  error.setAttribute("role", "alert");
  refused(words)?.remove();
  words.before(error);
}

const refused = (words) => words.parentElement.querySelector("[data-refused]");

function again(field, words, sentence, list) {
  words.replaceChildren(sentence, " ");
  if (list) words.append(press("Gửi tiếp", () => send(field, list)));
}

function press(label, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: label });
  button.addEventListener("click", act);
  return button;
}

const keyOf = (url) => new URL(url, location.href).searchParams.get("phien");

// What has arrived stands in the form in the place of the files.
function hold(field, urls) {
  for (const url of urls) {
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: `phien-${field.name}`, value: keyOf(url) });
    field.form.append(hidden);
  }
}

async function finish(field, urls, words, bar) {
  const form = field.form;
  words.textContent = "Đã gửi xong, đang lưu…";
  field.value = "";
  if (form.matches("[data-upload-then]") && !field.dataset.upload) {
    hold(field, urls);
    urls.forEach(forget);
    return form.requestSubmit(form.querySelector(form.dataset.uploadThen));
  }
  const body = new FormData(field.dataset.upload ? undefined : form);
  body.delete(field.name);
  for (const other of field.dataset.uploadWith ? form.querySelectorAll(`[name="${field.dataset.uploadWith}"]`) : []) body.append(other.name, other.value);
  for (const url of urls) body.append(`phien-${field.name}`, keyOf(url));
  try {
    const answer = await fetch(field.dataset.upload ?? form.action, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": tokenOf(field) } });
    bar.hidden = true;
    words.textContent = "";
    urls.forEach(forget);
    await show(answer, field.dataset.uploadTarget ?? form.dataset.dropTarget);
  } catch {
    bar.hidden = true;
    again(field, words, "Mất mạng khi đang lưu. Tệp đã gửi vẫn còn.", null);
    words.append(press("Lưu lại", () => finish(field, urls, words, bar)));
  }
}

// The part that comes back stands where it belongs, also when it says why a file was refused; any other refusal among the messages.
async function show(answer, place) {
  const away = answer.headers.get("HX-Redirect");
  if (away) return location.assign(away);
  const text = await answer.text();
  const elsewhere = answer.headers.get("HX-Retarget");
  const target = elsewhere || answer.status >= 500 ? "#messages" : place;
  if (!text || !target || !document.querySelector(target)) return location.reload();
  window.htmx.swap(target, text, { swapStyle: elsewhere || answer.status >= 500 ? "innerHTML" : "outerHTML" });
}

// Sent in part before the page was read again: say how much is there. Whole: only to be stored. Else the same file is chosen once more.
function offerAll(root) {
  for (const field of root.querySelectorAll?.('input[type="file"]') ?? []) if (isSent(field) && !busy.has(field)) offer(field);
}

async function offer(field) {
  const [one] = unfinished(placeOf(field), field.name);
  if (!one || field.dataset.offered) return;
  field.dataset.offered = "1";
  let reached;
  try {
    reached = await standing(one.url);
  } catch {
    return;
  }
  if (reached === null) return forget(one.url);
  const { words, bar } = signs(field);
  const drop = press("Bỏ", () => cancel(one.url, tokenOf(field)).then(() => (words.textContent = "")));
  const go = reached >= one.size ? press("Lưu tệp", () => finish(field, [one.url], words, bar)) : press("Tiếp tục tải", () => field.click());
  const hint = reached >= one.size ? "" : " Chọn lại đúng tệp này, phần đã gửi không phải gửi lại.";
  words.replaceChildren(`Còn gửi dở “${one.name}”, đã được ${Math.floor((reached / one.size) * 100)}%.${hint} `, go, " ", drop);
}
