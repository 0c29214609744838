// Vẽ quy trình: the editor of a draft. What is drawn stays on the screen whatever happens to the save.
import { drawing } from "./editor/modeler.js";
import { extensionOf, hoursOf, panel } from "./editor/panel.js";
import { is } from "bpmn-js/lib/util/ModelUtil";

const place = document.querySelector("[data-draw]");
if (place) start(place);

async function start(place) {
  const given = JSON.parse(document.getElementById("draw-start").textContent);
  const modeler = drawing(place.querySelector("[data-canvas]"));
  const desk = panel(place.querySelector("[data-panel]"), modeler);
  const stack = modeler.get("commandStack");
  const shelf = `motcua-flow-${given.id}`;
  let { base } = given;
  let saved = -1;
  const touched = () => stack._stackIdx !== saved;

  place.querySelector("[data-start-note]")?.remove();
  place.hidden = false;
  await modeler.importXML(given.xml);
  speakable(modeler);
  fit();
  told(given.problems);
  offerKept();

  modeler.on("commandStack.changed", async () => {
    steps(modeler, given.roles);
    buttons();
    if (!touched()) return;
    const { xml } = await modeler.saveXML({ format: true });
    keep({ base, xml, at: new Date().toISOString() });
  });
  modeler.on("import.done", () => { steps(modeler, given.roles); buttons(); });
  steps(modeler, given.roles);
  desk.show();
  buttons();

  const acts = {
    save: () => send("save"),
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    fit,
    closer: () => modeler.get("zoomScroll").stepZoom(1),
    further: () => modeler.get("zoomScroll").stepZoom(-1),
    tidy: () => send("tidy"),
    download,
  };
  place.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act) acts[act]();
  });
  place.querySelector("[data-import]").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) await send("read", await file.text());
    event.target.value = "";
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || !["s", "Enter"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    document.activeElement?.blur?.(); // a field that is being typed in hands over its value
    send("save");
  }, true);
  window.addEventListener("beforeunload", (event) => { if (touched()) event.preventDefault(); });

  function fit() {
    const canvas = modeler.get("canvas");
    canvas.zoom("fit-viewport", "auto");
    canvas.zoom(Math.min(1, canvas.zoom() * 0.92), "auto"); // some air around it
    const { inner, outer } = canvas.viewbox();
    const palette = place.querySelector(".djs-palette");
    if (!palette || outer.width < 600) return;
    const room = palette.offsetLeft + palette.offsetWidth + 16; // no step hides under the palette
    const scale = Math.min(1, (outer.width - room - 16) / inner.width, (outer.height - 32) / inner.height);
    const [width, height] = [outer.width / scale, outer.height / scale];
    canvas.viewbox({ x: inner.x - room / scale, y: inner.y - (height - inner.height) / 2, width, height });
  }

  function buttons() {
    place.querySelector('[data-act="undo"]').disabled = !stack.canUndo();
    place.querySelector('[data-act="redo"]').disabled = !stack.canRedo();
    place.querySelector("[data-state]").textContent = touched() ? "Có thay đổi chưa lưu" : "Đã lưu";
  }

  // "save" keeps the drawing as the draft; "read" and "tidy" have the server read a model or lay it out, and save nothing.
  async function send(act, model) {
    const index = stack._stackIdx;
    const xml = model ?? (await modeler.saveXML({ format: true })).xml;
    const body = new FormData();
    for (const [name, value] of Object.entries({ act, xml, base })) body.append(name, value);
    const token = document.querySelector('meta[name="csrf-token"]').content;
    let answer;
    try {
      answer = await fetch(given.address, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" } });
    } catch {
      return say("error", "Chưa kết nối được máy chủ nên chưa lưu. Hình vẽ vẫn còn đây: kiểm tra mạng rồi lưu lại.");
    }
    if (!answer.headers.get("content-type")?.includes("json")) {
      const out = answer.redirected ? "Phiên làm việc đã hết nên chưa lưu. Hãy đăng nhập lại ở một thẻ khác, rồi quay lại đây và lưu." : "Hệ thống gặp lỗi nên chưa lưu. Hình vẽ vẫn còn đây: chờ một phút rồi lưu lại.";
      return say("error", out);
    }
    const told_ = await answer.json();
    if (!answer.ok) {
      say("error", told_.message);
      return told_.problems && told(told_.problems);
    }
    told(told_.problems);
    say("success", told_.message);
    if (act !== "save") {
      await modeler.importXML(told_.xml);
      speakable(modeler);
      saved = -2; // nothing of it is saved yet
      keep({ base, xml: told_.xml, at: new Date().toISOString() });
      fit();
    } else {
      base = told_.base;
      saved = index;
      keep(null);
    }
    return buttons();
  }

  function told(problems) {
    const list = place.querySelector("[data-problems]");
    const items = problems.map(({ message, step, is_blocking }) => {
      const item = document.createElement("li");
      const line = document.createElement(step ? "button" : "span");
      line.textContent = message;
      if (step) {
        line.type = "button";
        line.className = "link-button";
        line.addEventListener("click", () => desk.choose(step) && place.querySelector('[name="step-name"]').focus());
      }
      item.append(badge(is_blocking), " ", line);
      return item;
    });
    list.replaceChildren(...items);
    place.querySelector("[data-no-problems]").hidden = items.length > 0;
    const overlays = modeler.get("overlays");
    overlays.remove({ type: "problem" });
    for (const { step, is_blocking } of problems) {
      if (!step || !modeler.get("elementRegistry").get(step)) continue;
      overlays.add(step, "problem", { position: { top: -12, right: 14 }, html: flag(is_blocking) });
    }
  }

  function say(kind, sentence) {
    const message = document.createElement("p");
    message.className = `message message-${kind}`;
    message.textContent = sentence;
    document.getElementById("messages").replaceChildren(message);
  }

  async function download() {
    const { xml } = await modeler.saveXML({ format: true });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([xml], { type: "application/xml" }));
    link.download = given.file;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // A copy in this browser, for a closed window or a lost session; gone with the next save.
  function keep(what) {
    try {
      if (what) localStorage.setItem(shelf, JSON.stringify(what));
      else localStorage.removeItem(shelf);
    } catch { /* no room, or not allowed: the drawing itself is still on the screen */ }
  }

  function offerKept() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(shelf)); } catch { return; }
    if (!kept?.xml || kept.xml === given.xml) return;
    const offer = place.querySelector("[data-kept]");
    offer.hidden = false;
    offer.querySelector("[data-kept-at]").textContent = new Date(kept.at).toLocaleString("vi-VN");
    offer.querySelector("[data-kept-open]").addEventListener("click", async () => {
      await modeler.importXML(kept.xml);
      speakable(modeler);
      ({ base } = kept); // a newer draft of somebody else is not overwritten unawares
      saved = -2;
      offer.hidden = true;
      fit();
      buttons();
    });
    offer.querySelector("[data-kept-drop]").addEventListener("click", () => { keep(null); offer.hidden = true; });
  }
}

// Under each step: whose it is and how long, as on the published picture.
function steps(modeler, roles) {
  const overlays = modeler.get("overlays");
  overlays.remove({ type: "about" });
  for (const element of modeler.get("elementRegistry").filter((one) => is(one, "bpmn:Task"))) {
    const ours = extensionOf(element.businessObject);
    const words = [roles[ours?.role] ?? ours?.role, Number(ours?.minutes) ? `${hoursOf(Number(ours.minutes))} giờ` : ""].filter(Boolean);
    const about = document.createElement("div");
    about.className = "draw-about";
    about.textContent = words.join(" · ") || "chưa có vai trò";
    overlays.add(element, "about", { position: { bottom: -2, left: 0 }, html: about });
  }
}

function badge(isBlocking) {
  const made = document.createElement("span");
  made.className = `badge tone-${isBlocking ? "late" : "soon"}`;
  made.textContent = isBlocking ? "Phải sửa" : "Lưu ý";
  return made;
}

function flag(isBlocking) {
  const made = badge(isBlocking);
  made.classList.add("draw-flag");
  made.textContent = isBlocking ? "! Phải sửa" : "Lưu ý";
  return made;
}

// What the library leaves without a name or out of reach of the keys.
function speakable(modeler) {
  const container = modeler.get("canvas").getContainer();
  const svg = container.querySelector("svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "Hình vẽ quy trình. Chọn từng phần bằng danh sách “Đang sửa” ở bảng bên cạnh.");
  for (const entry of container.querySelectorAll(".djs-palette .entry")) {
    entry.setAttribute("role", "button");
    entry.removeAttribute("tabindex");
  }
}
