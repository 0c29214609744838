// One file in parts (tus 1.0) to the address of its form: a broken line goes on from where it stopped, by itself or after the page is opened again.
const VERSION = "1.0.0";
const PART = 1024 * 1024;
const WAITS = [1, 2, 4, 8, 15, 30, 30, 30]; // seconds between tries; a network that comes back ends the wait
const KEPT = "gui-do:"; // in the browser: {address of the form, field, name, size, time of the file} -> where it is sent to
const HASHED = 64 * 1024 * 1024;

class Refused extends Error {}

// What was begun here for that form and has not arrived: [{name, size, url}]. Files themselves a browser does not keep.
export function unfinished(place, field) {
  return kept((key) => key.startsWith(`${KEPT}${place}|${field}|`));
}

export function forget(url) {
  for (const one of kept((_, value) => value.url === url)) store().removeItem(one.key);
}

// How much of it is there: a number of bytes, or null when it is forgotten there.
export async function standing(url) {
  const answer = await ask("HEAD", url);
  return answer.status === 200 ? Number(answer.getResponseHeader("Upload-Offset")) : null;
}

export function cancel(url, token) {
  forget(url);
  return ask("DELETE", url, { "X-CSRFToken": token }).catch(() => {});
}

// Send it. tell(share, state): state is "sending", "waiting" or "whole". stop.now: somebody wants no more. Returns its address.
export async function transfer(file, place, field, token, tell, stop) {
  const key = `${KEPT}${place}|${field}|${file.name}|${file.size}|${file.lastModified}`;
  let url = read(key)?.url;
  for (let tries = 0; ; ) {
    try {
      let offset = url ? await standing(url) : null;
      if (offset === null) {
        url = await begin(file, place, token);
        offset = 0;
        write(key, { url, name: file.name, size: file.size });
      }
      while (offset < file.size) {
        if (stop.now) return null;
        const reached = await part(file, url, offset, token, tell);
        if (reached > offset) tries = 0;
        offset = reached;
      }
      tell(1, "whole");
      return url;
    } catch (fault) {
      if (fault instanceof Refused || stop.now || tries >= WAITS.length) throw fault;
      tell(null, "waiting");
      await pause(WAITS[tries++]);
      if (stop.now) return null;
    }
  }
}

async function begin(file, place, token) {
  const told = [`filename ${base64(new TextEncoder().encode(file.name))}`];
  const digest = await sha256(file);
  if (digest) told.push(`sha256 ${btoa(digest)}`);
  const answer = await ask("POST", place, { "X-CSRFToken": token, "Upload-Length": file.size, "Upload-Metadata": told.join(",") });
  if (answer.status !== 201) throw refusal(answer);
  return answer.getResponseHeader("Location");
}

async function part(file, url, offset, token, tell) {
  const headers = { "X-CSRFToken": token, "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
  const answer = await ask("PATCH", url, headers, file.slice(offset, offset + PART), (sent) => tell((offset + sent) / file.size, "sending"));
  if (answer.status === 409) return standing(url); // another window was first: go on from there
  if (answer.status !== 204) throw refusal(answer);
  return Number(answer.getResponseHeader("Upload-Offset"));
}

// A server in trouble is asked again; what it forbids is said.
function refusal(answer) {
  const said = answer.getResponseHeader("Content-Type")?.startsWith("text/plain") ? answer.responseText : "";
  if (answer.status === 404 || answer.status >= 500 || answer.status === 0) return new Error(said);
  return new Refused(said || "Trang đã cũ hoặc phiên đã hết nên chưa gửi được. Hãy tải lại trang rồi gửi tiếp; phần đã gửi vẫn còn.");
}

function ask(method, url, headers = {}, body = null, onSent = null) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.timeout = 120_000;
    for (const [name, value] of Object.entries({ "Tus-Resumable": VERSION, ...headers })) request.setRequestHeader(name, String(value));
    if (onSent) request.upload.addEventListener("progress", (event) => onSent(event.loaded));
    request.addEventListener("load", () => resolve(request));
    for (const kind of ["error", "timeout", "abort"]) request.addEventListener(kind, () => reject(new Error("")));
    request.send(body);
  });
}

// Only a page over HTTPS (or of this machine) may count it; elsewhere the server's own digest stands alone.
async function sha256(file) {
  if (!globalThis.crypto?.subtle || file.size > HASHED) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pause(seconds) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      resolve();
    };
    const timer = setTimeout(wake, seconds * 1000);
    addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake); // the phone was woken
  });
}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

function store() {
  try {
    return localStorage;
  } catch {
    return null; // a browser that keeps nothing: then only this page remembers
  }
}

function read(key) {
  try {
    return JSON.parse(store()?.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    store()?.setItem(key, JSON.stringify(value));
  } catch {
    // full: it still arrives, only not over a reload
  }
}

function kept(wanted) {
  return Object.keys(store() ?? {})
    .filter((key) => key.startsWith(KEPT))
    .map((key) => ({ key, ...read(key) }))
    .filter((one) => one.url && wanted(one.key, one));
}
