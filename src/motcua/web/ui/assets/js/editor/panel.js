// The panel beside the drawing: what is chosen, told and changed in a plain form; everything a mouse does, keys do here.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { CHOICE, END, STEP, SUB, TOGETHER, append as appended } from "./modeler.js";

const KINDS = { [STEP]: "step", [CHOICE]: "gate", [TOGETHER]: "together", [END]: "end", [SUB]: "sub", "bpmn:StartEvent": "start", "bpmn:SequenceFlow": "way", "bpmn:Process": "process" };
const ELSE = "ELSE";

export function panel(form, modeler) {
  const [canvas, registry, selection, modeling, events, moddle, factory, placing] = [
    "canvas", "elementRegistry", "selection", "modeling", "eventBus", "moddle", "elementFactory", "autoPlace",
  ].map((name) => modeler.get(name));
  const field = (name) => form.elements.namedItem(name);
  let current = null;

  const chosen = () => {
    const [one] = selection.get();
    return one ? (one.type === "label" ? one.labelTarget : one) : canvas.getRootElement();
  };
  const kindOf = (element) => KINDS[element?.type] ?? (is(element, "bpmn:Task") ? "step" : "other");

  function show() {
    current = chosen();
    const kind = kindOf(current);
    for (const group of form.querySelectorAll("[data-for]")) group.hidden = !group.dataset.for.split(" ").includes(kind);
    fill(kind, current.businessObject);
    list();
  }

  function fill(kind, thing) {
    if (kind === "process") set("process-name", thing.name);
    if (kind === "end") set("end-name", thing.name);
    if (kind === "sub") set("sub-name", thing.name);
    if (kind === "way") set("way-outcome", outcomeOf(current));
    if (kind !== "step") return;
    const ours = extensionOf(thing);
    set("step-name", thing.name);
    set("step-kind", ours?.kind ?? "WORK");
    set("step-role", ours?.role ?? "");
    set("step-hours", hoursOf(Number(ours?.minutes ?? 0)));
    set("step-product", ours?.product ?? "");
    set("step-unit", ours?.unit ?? "");
    set("step-escalate", Number(ours?.escalateAfter) ? hoursOf(Number(ours.escalateAfter)) : "");
    set("step-escalate-to", ours?.escalateTo ?? "");
    field("step-skip").checked = ours?.maySkip === "true";
    const outcomes = (ours?.outcomes ?? "").split(" ");
    for (const box of form.querySelectorAll('[name="step-outcomes"]')) box.checked = outcomes.includes(box.value);
  }

  function set(name, value) {
    const control = field(name);
    if (control && document.activeElement !== control) control.value = value ?? "";
    wrong(name, "");
  }

  // What can be chosen, for keys and for screen readers; and where a line may lead.
  function list() {
    const all = registry.filter((element) => element.type !== "label" && element.parent);
    const nodes = all.filter((element) => is(element, "bpmn:FlowNode"));
    const ways = all.filter((element) => is(element, "bpmn:SequenceFlow"));
    const options = [option(canvas.getRootElement().id, "Cả quy trình"), ...nodes.map((node) => option(node.id, named(node)))];
    options.push(...ways.map((way) => option(way.id, `Đường: ${named(way.source)} → ${named(way.target)}`)));
    field("chosen").replaceChildren(...options);
    field("chosen").value = current.id;
    const targets = nodes.filter((node) => node !== current && !is(node, "bpmn:StartEvent"));
    field("target").replaceChildren(...targets.map((node) => option(node.id, named(node))));
  }

  const handlers = {
    chosen: (value) => choose(value),
    "process-name": (value) => modeling.updateProperties(current, { name: value.trim() }),
    "end-name": (value) => modeling.updateProperties(current, { name: value.trim() }),
    "step-name": (value) => modeling.updateProperties(current, { name: value.trim() }),
    "sub-name": (value) => modeling.updateProperties(current, { name: value.trim() }),
    "step-unit": (value) => write({ unit: value || undefined }),
    "step-escalate-to": (value) => write({ escalateTo: value || undefined }),
    "step-skip": () => write({ maySkip: field("step-skip").checked ? "true" : undefined }),
    "step-escalate": (value) => hours("step-escalate", value, (minutes) => write({ escalateAfter: minutes ? String(minutes) : undefined })),
    "step-kind": (value) => write({ kind: value }),
    "step-role": (value) => write({ role: value }),
    "step-product": (value) => write({ product: value.trim() || undefined }),
    "step-hours": (value) => hours("step-hours", value, (minutes) => write({ minutes: String(minutes) })),
    "step-outcomes": () => write({ outcomes: [...form.querySelectorAll('[name="step-outcomes"]:checked')].map((box) => box.value).join(" ") || undefined }),
    "way-outcome": (value) => lead(value),
  };

  function hours(name, value, then) {
    const minutes = minutesOf(value);
    wrong(name, minutes === null ? "Viết số giờ từ 0, ví dụ 4 hoặc 1,5 hoặc 1:35." : "");
    if (minutes !== null) then(minutes);
  }

  function write(values) {
    const thing = current.businessObject;
    const ours = extensionOf(thing);
    if (ours) return modeling.updateModdleProperties(current, ours, values);
    const held = thing.extensionElements?.values ?? [];
    const extension = moddle.create("bpmn:ExtensionElements");
    const made = moddle.create("motcua:Step", { kind: "WORK", role: "", minutes: "0", ...values });
    extension.values = [...held, made];
    made.$parent = extension;
    extension.$parent = thing;
    modeling.updateProperties(current, { extensionElements: extension });
  }

  // The outcome of a line; "all the others" is the gateway's default line.
  function lead(value) {
    const gate = current.source;
    const words = field("way-outcome").selectedOptions[0]?.textContent ?? "";
    if (value === ELSE || value === "") {
      modeling.updateProperties(current, { conditionExpression: undefined, name: undefined });
      if (is(gate, CHOICE)) modeling.updateProperties(gate, { default: value === ELSE ? current.businessObject : undefined });
      return;
    }
    if (gate.businessObject.default === current.businessObject) modeling.updateProperties(gate, { default: undefined });
    const condition = moddle.create("bpmn:FormalExpression", { body: `outcome == '${value}'` });
    condition.$parent = current.businessObject;
    modeling.updateProperties(current, { conditionExpression: condition, name: words });
  }

  function outcomeOf(way) {
    const thing = way.businessObject;
    if (way.source?.businessObject.default === thing) return ELSE;
    return thing.conditionExpression?.body?.match(/'([A-Z_]+)'|"([A-Z_]+)"/)?.slice(1).find(Boolean) ?? "";
  }

  function choose(id) {
    const element = registry.get(id);
    if (!element) return false;
    selection.select(element === canvas.getRootElement() ? [] : [element]);
    if (element !== canvas.getRootElement()) canvas.scrollToElement(element, 60);
    return true;
  }

  function append(type) {
    const from = is(current, "bpmn:FlowNode") && !is(current, END) ? current : null;
    if (from) return appended({ placing, factory, modeling }, from, type);
    const shape = factory.createShape({ type });
    const view = canvas.viewbox();
    return modeling.createShape(shape, { x: view.x + view.width / 2, y: view.y + view.height / 2 }, canvas.getRootElement());
  }

  const presses = {
    connect: () => {
      const target = registry.get(field("target").value);
      const made = target && modeling.connect(current, target, { type: "bpmn:SequenceFlow" });
      if (made) selection.select(made);
    },
    remove: () => modeling.removeElements([current]),
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => handlers[event.target.name]?.(event.target.value));
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.append) {
      selection.select(append(button.dataset.append));
      field("step-name")?.focus();
    } else presses[button.dataset.press]?.();
  });
  events.on(["selection.changed", "commandStack.changed", "import.done"], show);

  function wrong(name, sentence) {
    const control = field(name);
    if (!control?.id) return;
    const place = form.querySelector(`[data-wrong="${name}"]`);
    if (place) place.textContent = sentence;
    control.toggleAttribute?.("aria-invalid", Boolean(sentence));
  }

  return { choose, show };
}

export function extensionOf(thing) {
  return thing.extensionElements?.values?.find((value) => is(value, "motcua:Step")) ?? null;
}

export function named(element) {
  const thing = element?.businessObject;
  if (!thing) return "";
  const usual = { [CHOICE]: "Rẽ nhánh", [TOGETHER]: "Song song", [SUB]: "Quy trình con", [END]: "Kết thúc", "bpmn:StartEvent": "Bắt đầu" }[element.type] ?? "Bước chưa đặt tên";
  if (is(element, CHOICE) && !thing.name) {
    const before = element.incoming[0]?.source;
    return before?.businessObject.name ? `Rẽ nhánh sau “${before.businessObject.name}”` : usual;
  }
  return thing.name || usual;
}

// Hours as the table of steps writes them: "4", "1,5", "1:35".
export function hoursOf(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (!rest) return String(hours);
  return rest === 30 ? `${hours},5` : `${hours}:${String(rest).padStart(2, "0")}`;
}

export function minutesOf(text) {
  const typed = text.trim().replace(",", ".");
  const clock = typed.match(/^(\d{1,5}):([0-5]\d)$/);
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  return typed === "" ? 0 : /^\d{1,5}(\.\d{1,4})?$/.test(typed) ? Math.round(Number(typed) * 60) : null;
}

function option(value, words) {
  const made = document.createElement("option");
  made.value = value;
  made.textContent = words;
  return made;
}
