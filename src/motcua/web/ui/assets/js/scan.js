// Cut and turn by hand on the scanning page: four edges drawn by pointer, touch or arrow keys; they only fill the fields of the form.
// [data-crop="address of the whole picture, ?xoay= its turn"] holds the picture; its fields are named left-, right-, top-, bottom-, rotation-<key>.
const SIDES = { left: "trái", top: "trên", right: "phải", bottom: "dưới" };
const MOST = 45; // percent, as the form allows
const CLOCKWISE = ["left", "top", "right", "bottom"];

for (const place of document.querySelectorAll("[data-crop]")) ready(place);

function ready(place) {
  const key = place.dataset.crop;
  const form = place.closest("form");
  const field = (name) => form.elements.namedItem(`${name}-${key}`);
  const open = button("Cắt, xoay trên ảnh", "button button-small");
  place.append(open);
  open.addEventListener("click", () => {
    open.remove();
    edit(place, field);
  });
}

function edit(place, field) {
  const picture = place.querySelector("img");
  const stage = Object.assign(document.createElement("div"), { className: "crop" });
  const frame = Object.assign(document.createElement("div"), { className: "crop-frame" });
  picture.replaceWith(stage);
  stage.append(picture, frame);
  picture.draggable = false;
  const cut = Object.fromEntries(CLOCKWISE.map((side) => [side, clamp(Number(field(side).value))]));
  const handles = Object.fromEntries(CLOCKWISE.map((side) => [side, handle(side)]));
  frame.append(...Object.values(handles));
  const bar = Object.assign(document.createElement("p"), { className: "crop-bar" });
  const undo = button("Bỏ cắt", "button button-small");
  bar.append(turner("Xoay trái", 270), turner("Xoay phải", 90), undo);
  stage.after(bar);
  undo.addEventListener("click", () => set({ left: 0, top: 0, right: 0, bottom: 0 }));
  load();
  draw();
  handles.left.focus();

  function load() {
    picture.src = `${place.dataset.whole}?xoay=${field("rotation").value}`;
  }

  function draw() {
    for (const side of CLOCKWISE) {
      frame.style[side] = `${cut[side]}%`;
      handles[side].setAttribute("aria-valuenow", cut[side]);
      handles[side].setAttribute("aria-valuetext", `cắt ${cut[side]} phần trăm`);
      if (Number(field(side).value) !== cut[side]) field(side).value = cut[side];
    }
  }

  function set(changes) {
    for (const [side, value] of Object.entries(changes)) cut[side] = clamp(value);
    draw();
    field("left").dispatchEvent(new Event("input", { bubbles: true })); // the form knows that it was touched
  }

  // The sheet turns with its edges: after a quarter to the right, what was on the left is at the top.
  function turner(label, degrees) {
    const press = button(label, "button button-small");
    press.addEventListener("click", () => {
      const select = field("rotation");
      select.value = String((Number(select.value) + degrees) % 360);
      const step = degrees === 90 ? 3 : 1;
      set(Object.fromEntries(CLOCKWISE.map((side, place) => [side, cut[CLOCKWISE[(place + step) % 4]]])));
      load();
    });
    return press;
  }

  function handle(side) {
    const grip = button("", `crop-edge crop-${side}`);
    grip.setAttribute("role", "slider");
    grip.setAttribute("aria-label", `Mép ${SIDES[side]}`);
    grip.setAttribute("aria-orientation", side === "left" || side === "right" ? "horizontal" : "vertical");
    grip.setAttribute("aria-valuemin", 0);
    grip.setAttribute("aria-valuemax", MOST);
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.focus();
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (grip.hasPointerCapture(event.pointerId)) set({ [side]: shareAt(side, event) });
    });
    grip.addEventListener("keydown", (event) => {
      const inward = { left: "ArrowRight", right: "ArrowLeft", top: "ArrowDown", bottom: "ArrowUp" }[side];
      const outward = { left: "ArrowLeft", right: "ArrowRight", top: "ArrowUp", bottom: "ArrowDown" }[side];
      const step = event.shiftKey ? 5 : 1;
      const next = { [inward]: cut[side] + step, [outward]: cut[side] - step, Home: 0, End: MOST }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      set({ [side]: next });
    });
    return grip;
  }

  function shareAt(side, event) {
    const box = stage.getBoundingClientRect();
    const share = { left: event.clientX - box.left, right: box.right - event.clientX, top: event.clientY - box.top, bottom: box.bottom - event.clientY }[side];
    return (share / (side === "left" || side === "right" ? box.width : box.height)) * 100;
  }
}

function clamp(value) {
  return Math.min(MOST, Math.max(0, Math.round(value || 0)));
}

function button(label, kind) {
  return Object.assign(document.createElement("button"), { type: "button", className: kind, textContent: label });
}
