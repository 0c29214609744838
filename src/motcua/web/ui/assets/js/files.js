// Files: drop them or choose them; each goes at once, in parts, shows how far it has come and goes on after a break.
// What is chosen while others are on their way joins their queue; a form that is sent meanwhile waits for them.
// <form data-drop> with one <input type=file>: what comes back replaces [data-drop-target] (or the page is read again).
// <input type=file data-upload="address" data-upload-target="#x" data-upload-with="name">: the same for one field of a larger form.
// <form data-upload-then="[name=keep]"> with fields of files: when all have arrived, that button is pressed.
import { cancel, forget, standing, transfer, unfinished } from "./transfer.js";

const queues = new Map(); // address and name of a field -> its queue; the field itself may be replaced meanwhile

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
  document.addEventListener("submit", wait, true);
  window.addEventListener("beforeunload", (event) => {
    if (waiting().length && !document.getElementById("kiosk-end")) event.preventDefault();
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

// files: still to go; arrived: addresses of what is there and not yet stored; refusals: what could not be taken, and why.
function queueOf(field) {
  const key = `${placeOf(field)}|${field.name}`;
  if (!queues.has(key)) queues.set(key, { key, files: [], arrived: [], refusals: [], isRunning: false });
  return Object.assign(queues.get(key), { field });
}

const waiting = () => [...queues.values()].filter((queue) => queue.isRunning || queue.files.length || queue.arrived.length);

async function send(field, list) {
  if (!field || !list.length) return;
  const queue = queueOf(field);
  queue.files.push(...list);
  field.value = ""; // the same file may be chosen once more
  if (!queue.isRunning) return run(queue);
  queue.tell?.();
}

async function run(queue) {
  queue.isRunning = true;
  do {
    const { words, bar } = signs(queue.field);
    refused(words)?.remove();
    bar.hidden = false;
    if (!(await sendAll(queue, words, bar))) return;
    if (queue.arrived.length && !(await store(queue, words, bar))) return;
    bar.hidden = true;
  } while (queue.files.length);
  queues.delete(queue.key);
  if (queue.refusals.length) return refuse(queue);
  if (queue.pressed) press(queue.field.form, queue.pressed);
}

// False: the line is gone, and what is left waits for a press.
async function sendAll(queue, words, bar) {
  while (queue.files.length) {
    const [file, field, stop] = [queue.files[0], queue.field, { now: false }];
    try {
      const url = await transfer(file, placeOf(field), field.name, tokenOf(field), tellOf(queue, words, bar, file, stop), stop);
      if (url) queue.arrived.push(url);
    } catch (fault) {
      if (!fault.message) {
        queue.isRunning = false;
        bar.hidden = true;
        again(words, "Mất mạng. Phần đã gửi vẫn còn.", "Gửi tiếp", () => run(queue));
        return false;
      }
      queue.refusals.push(fault.message);
    }
    queue.files.shift();
  }
  return true;
}

function tellOf(queue, words, bar, file, stop) {
  let [share, standing] = [0, "sending"];
  const tell = (now, state) => {
    [share, standing] = [now ?? share, state ?? standing];
    bar.value = share;
    const [percent, more] = [Math.floor(share * 100), queue.files.length - 1];
    const then = more > 0 ? `, còn ${more} tệp nữa` : "";
    const sentence = standing === "waiting" ? `Mất mạng. Đã gửi ${percent}% “${file.name}”${then}, tự gửi tiếp khi có mạng.` : `Đang gửi “${file.name}”: ${percent}%${then}`;
    const end = () => {
      stop.now = true;
      queue.files.length = 1;
      words.textContent = "Đã thôi gửi.";
    };
    words.replaceChildren(sentence, " ", button("Thôi", end));
  };
  queue.tell = tell;
  return tell;
}

// Sent while files are still on their way: the same button is pressed again when they have arrived.
function wait(event) {
  const queue = waiting().find((one) => one.field.form === event.target);
  if (!queue) return;
  event.preventDefault();
  event.stopPropagation();
  queue.pressed = event.submitter ?? queue.pressed;
  if (!queue.isRunning) run(queue);
}

function press(form, submitter) {
  if (submitter.isConnected) form.requestSubmit(submitter);
}

// What cannot be taken is said as any other error of the field, and aloud.
function refuse(queue) {
  const { words } = signs(queue.field);
  words.textContent = queue.others ?? "";
  const error = Object.assign(document.createElement("p"), { className: "field-error", textContent: [...new Set(queue.refusals)].join(" ") });
  error.dataset.refused = "";
  error.setAttribute("role", "alert");
  refused(words)?.remove();
  words.before(error);
}

const refused = (words) => words.parentElement.querySelector("[data-refused]");

function again(words, sentence, label, act) {
  words.replaceChildren(sentence, " ", button(label, act));
}

function button(label, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "link-button", textContent: label });
  made.addEventListener("click", act);
  return made;
}

const keyOf = (url) => new URL(url, location.href).searchParams.get("phien");

// What has arrived stands in the form in the place of the files.
function hold(field, urls) {
  for (const url of urls) {
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: `phien-${field.name}`, value: keyOf(url) });
    field.form.append(hidden);
    forget(url);
  }
}

// True: stored, and the page goes on showing itself. The whole form is sent only when nothing was refused: the words would be gone with the page.
async function store(queue, words, bar) {
  const [field, form] = [queue.field, queue.field.form];
  if (form.matches("[data-upload-then]") && !field.dataset.upload) {
    hold(field, queue.arrived.splice(0));
    words.textContent = "Đã gửi xong, đang lưu…";
    queue.others = "Tệp khác đã gửi xong và được lưu cùng trang này.";
    queue.pressed ??= form.querySelector(form.dataset.uploadThen);
    return true;
  }
  words.textContent = "Đã gửi xong, đang lưu…";
  const body = new FormData(field.dataset.upload ? undefined : form);
  body.delete(field.name);
  for (const other of field.dataset.uploadWith ? form.querySelectorAll(`[name="${field.dataset.uploadWith}"]`) : []) body.append(other.name, other.value);
  for (const url of queue.arrived) body.append(`phien-${field.name}`, keyOf(url));
  try {
    const answer = await fetch(field.dataset.upload ?? form.action, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": tokenOf(field) } });
    words.textContent = "";
    queue.arrived.splice(0).forEach(forget);
    await show(answer, field.dataset.uploadTarget ?? form.dataset.dropTarget, queue);
  } catch {
    queue.isRunning = false;
    bar.hidden = true;
    again(words, "Mất mạng khi đang lưu. Tệp đã gửi vẫn còn.", "Lưu lại", () => run(queue));
    return false;
  }
  queue.field = document.getElementById(field.id) ?? field;
  return true;
}

// The part that comes back stands where it belongs, also when it says why a file was refused; any other refusal among the messages.
async function show(answer, place, queue) {
  const elsewhere = answer.headers.get("HX-Retarget");
  const target = elsewhere || answer.status >= 500 ? "#messages" : place;
  const text = await answer.text();
  const away = answer.headers.get("HX-Redirect");
  if (away || !text || !target || !document.querySelector(target)) {
    queue.others = "Tệp khác đã lưu. Tải lại trang để xem.";
    if (queue.files.length || queue.refusals.length) return; // the page is left when nothing waits or is to be read any more
    return away ? location.assign(away) : location.reload();
  }
  window.htmx.swap(target, text, { swapStyle: elsewhere || answer.status >= 500 ? "innerHTML" : "outerHTML" });
}

// Sent in part before the page was read again: say how much is there. Whole: only to be stored. Else the same file is chosen once more.
function offerAll(root) {
  for (const field of root.querySelectorAll?.('input[type="file"]') ?? []) if (isSent(field) && !queues.has(`${placeOf(field)}|${field.name}`)) offer(field);
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
  const { words } = signs(field);
  const drop = button("Bỏ", () => cancel(one.url, tokenOf(field)).then(() => (words.textContent = "")));
  const keep = () => {
    const queue = queueOf(field);
    queue.arrived.push(one.url);
    if (!queue.isRunning) run(queue);
  };
  const isWhole = reached >= one.size;
  const go = isWhole ? button("Lưu tệp", keep) : button("Tiếp tục tải", () => field.click());
  const hint = isWhole ? "" : " Chọn lại đúng tệp này, phần đã gửi không phải gửi lại.";
  words.replaceChildren(`Còn gửi dở “${one.name}”, đã được ${Math.floor((reached / one.size) * 100)}%.${hint} `, go, " ", drop);
}
