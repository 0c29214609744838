// Xác thực mã QR ngay trong trình duyệt: the same bytes as service/results/payload.py writes, judged by WebCrypto.
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PATH = "/X/";
const KEYS = "/.well-known/motcua-keys.json";
const KEPT = "motcua-keys";
const EPOCH = Date.UTC(2020, 0, 1);

export function bytesOf(text) {
  const bytes = [];
  let bits = 0, held = 0;
  for (const sign of text) {
    const value = ALPHABET.indexOf(sign);
    if (value < 0) throw new Error("sign");
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return new Uint8Array(bytes);
}

export function claimOf(text) {
  const bare = text.trim().toUpperCase();
  const place = bare.lastIndexOf(PATH);
  const whole = bytesOf(place >= 0 ? bare.slice(place + PATH.length).replaceAll("/", "") : bare);
  const body = whole.slice(0, -64), signature = whole.slice(-64);
  const view = new DataView(body.buffer);
  if (view.getUint8(0) !== 1) throw new Error("version");
  const words = new TextDecoder("utf-8", { fatal: true });
  let at = 17;
  const texts = ["issuer", "holder", "kind", "number"].map((name) => {
    const length = view.getUint8(at);
    const value = words.decode(body.slice(at + 1, at + 1 + length));
    at += 1 + length;
    return [name, value];
  });
  const id = words.decode(body.slice(5, 17));
  const until = view.getUint16(at + 2);
  return {
    ...Object.fromEntries(texts),
    key: [...body.slice(1, 5)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    paper: `${id.slice(0, 4)}-${id.slice(4, 8)}-${id.slice(8)}`,
    issued: new Date(EPOCH + view.getUint16(at) * 86400000),
    until: until ? new Date(EPOCH + until * 86400000) : null,
    body,
    signature,
  };
}

export async function isSigned(claim, keys) {
  const known = keys.find((one) => one.kid === claim.key && !one.compromised);
  if (!known) return null; // a key that we have not heard of
  const jwk = { kty: known.kty, crv: known.crv, x: known.x, y: known.y };
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, claim.signature, claim.body);
}

async function knownKeys() {
  try {
    const answer = await fetch(KEYS);
    if (!answer.ok) throw new Error(answer.status);
    const { keys } = await answer.json();
    localStorage.setItem(KEPT, JSON.stringify({ keys, at: Date.now() }));
    return { keys, at: Date.now() };
  } catch {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{"keys":[],"at":0}');
  }
}

const day = (date) => date.toLocaleDateString("vi-VN", { timeZone: "UTC", day: "2-digit", month: "2-digit", year: "numeric" });

async function judge(text, place) {
  const said = place.querySelector("[data-said]");
  const list = place.querySelector("[data-facts]");
  list.replaceChildren();
  place.hidden = false;
  const tell = (words) => { said.textContent = words; said.focus(); };
  let claim;
  try {
    claim = claimOf(text);
  } catch {
    return tell("Mã này không đúng. Hãy quét lại mã QR, hoặc chờ có mạng để tra theo mã giấy.");
  }
  const { keys, at } = await knownKeys();
  const signed = await isSigned(claim, keys);
  if (signed === null) return tell("Máy này chưa có khóa để kiểm tra mã này. Hãy thử lại khi có mạng.");
  if (!signed) return tell("Chữ ký sai: mã QR này không do cơ quan của tỉnh phát hành.");
  const facts = [["Mã giấy", claim.paper], ["Loại giấy", claim.kind], ["Số, ký hiệu", claim.number], ["Ngày ban hành", day(claim.issued)], ["Chủ giấy tờ", claim.holder], ["Mã cơ quan cấp", claim.issuer]];
  if (claim.until) facts.push(["Có giá trị đến", day(claim.until)]);
  for (const [name, value] of facts) {
    const row = document.createElement("div");
    for (const [tag, words] of [["dt", name], ["dd", value]]) row.append(Object.assign(document.createElement(tag), { textContent: words }));
    list.append(row);
  }
  const late = claim.until && claim.until.getTime() + 86400000 < Date.now() ? " Giấy đã hết hạn." : "";
  tell(`Chữ ký đúng.${late} Chưa biết giấy có bị thu hồi hoặc thay thế sau ${day(claim.issued)} hay không: hãy kiểm tra lại khi có mạng. (Khóa cập nhật ngày ${day(new Date(at))}.)`);
}

// The camera, where the browser reads codes by itself.
function camera(button, found) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const video = document.querySelector("[data-camera]");
  const words = document.querySelector("[data-camera-words]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      const look = async () => {
        const [code] = await detector.detect(video).catch(() => []);
        if (!code) return window.requestAnimationFrame(look);
        for (const track of stream.getTracks()) track.stop();
        video.hidden = true;
        found(code.rawValue);
      };
      look();
    } catch {
      words.textContent = "Không mở được máy ảnh. Hãy cho phép trang dùng máy ảnh, hoặc chụp ảnh mã QR rồi tải lên.";
    }
  });
}

function begin() {
  const answer = document.querySelector("[data-answer]");
  const scan = document.querySelector("[data-scan]");
  const form = document.querySelector("[data-offline]");
  if (scan) camera(scan, (text) => (form ? judge(text, answer) : window.location.assign(PATH + text.slice(text.toUpperCase().lastIndexOf(PATH) + PATH.length))));
  if (form) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      judge(new FormData(form).get("ma"), answer);
    });
    if (window.location.pathname.startsWith(PATH)) judge(window.location.pathname, answer);
  }
  if ("serviceWorker" in navigator && window.isSecureContext) {
    for (const scope of ["/xac-thuc/", PATH]) navigator.serviceWorker.register("/xac-thuc/sw.js", { scope }).catch(() => {});
    knownKeys();
  }
}

if (typeof document !== "undefined") begin();
