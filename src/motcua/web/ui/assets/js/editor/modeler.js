// The drawing tool of bpmn-js with our own words: what can be put down, what hangs on a chosen sign, how large a step is.
import Modeler from "bpmn-js/lib/Modeler";
import ElementFactory from "bpmn-js/lib/features/modeling/ElementFactory";
import AutoPlace from "bpmn-js/lib/features/auto-place";
import BpmnGridSnapping from "bpmn-js/lib/features/grid-snapping";
import BpmnKeyboard from "bpmn-js/lib/features/keyboard";
import BpmnEditorActions from "bpmn-js/lib/features/editor-actions";
import InteractionEvents from "bpmn-js/lib/features/interaction-events";
import LabelEditing from "bpmn-js/lib/features/label-editing";
import Modeling from "bpmn-js/lib/features/modeling";
import ModelingFeedback from "bpmn-js/lib/features/modeling-feedback";
import Outline from "bpmn-js/lib/features/outline";
import Snapping from "bpmn-js/lib/features/snapping";
import AutoScroll from "diagram-js/lib/features/auto-scroll";
import Bendpoints from "diagram-js/lib/features/bendpoints";
import Connect from "diagram-js/lib/features/connect";
import ConnectionPreview from "diagram-js/lib/features/connection-preview";
import ContextPad from "diagram-js/lib/features/context-pad";
import Create from "diagram-js/lib/features/create";
import GlobalConnect from "diagram-js/lib/features/global-connect";
import KeyboardMoveSelection from "diagram-js/lib/features/keyboard-move-selection";
import Move from "diagram-js/lib/features/move";
import Palette from "diagram-js/lib/features/palette";
import { is } from "bpmn-js/lib/util/ModelUtil";

export const STEP = "bpmn:UserTask";
export const CHOICE = "bpmn:ExclusiveGateway";
export const TOGETHER = "bpmn:ParallelGateway";
export const SUB = "bpmn:SubProcess";
export const END = "bpmn:EndEvent";

const SIGNS = [
  [STEP, "Bước", "bpmn-icon-user-task"],
  [CHOICE, "Rẽ nhánh theo kết quả", "bpmn-icon-gateway-xor"],
  [TOGETHER, "Rẽ song song, gộp song song", "bpmn-icon-gateway-parallel"],
  [SUB, "Quy trình con", "bpmn-icon-subprocess-expanded"],
  [END, "Kết thúc", "bpmn-icon-end-event-none"],
];

// The attributes that BPMN has no place for; workflows/bpmn.py reads and writes the same ones.
const WORDS = {
  name: "motcua",
  uri: "urn:motcua:workflow:1",
  prefix: "motcua",
  xml: { tagAlias: "lowerCase" },
  types: [
    {
      name: "Step",
      superClass: ["Element"],
      properties: ["kind", "role", "minutes", "product", "outcomes", "unit", "escalateAfter", "escalateTo", "maySkip", "place"].map((name) => ({ name, isAttr: true, type: "String" })),
    },
  ],
};

class Sizes extends ElementFactory {
  getDefaultSize(element, di) {
    return is(element, "bpmn:Task") ? { width: 152, height: 84 } : super.getDefaultSize(element, di);
  }
}
Sizes.$inject = ElementFactory.$inject;

class OurPalette {
  constructor(palette, create, elementFactory, globalConnect) {
    Object.assign(this, { create, elementFactory, globalConnect });
    palette.registerProvider(this);
  }

  getPaletteEntries() {
    const entries = {};
    for (const [type, title, className] of SIGNS) {
      const begin = (event) => this.create.start(event, made(this.elementFactory, type));
      entries[`create.${type}`] = { group: "signs", className, title: `${title}: kéo vào hình vẽ`, action: { dragstart: begin, click: begin } };
    }
    entries.connect = {
      group: "tools",
      className: "bpmn-icon-connection-multi",
      title: "Nối hai bước",
      action: { click: (event) => this.globalConnect.start(event) },
    };
    return entries;
  }
}
OurPalette.$inject = ["palette", "create", "elementFactory", "globalConnect"];

class OurContextPad {
  constructor(contextPad, connect, create, elementFactory, autoPlace, modeling) {
    Object.assign(this, { connect, create, elementFactory, autoPlace, modeling });
    contextPad.registerProvider(this);
  }

  getContextPadEntries(element) {
    const entries = {};
    if (is(element, "bpmn:FlowNode") && !is(element, END) && element.type !== "label") {
      for (const [type, title, className] of SIGNS) {
        entries[`append.${type}`] = {
          group: "model",
          className,
          title: `Thêm sau: ${title.toLowerCase()}`,
          action: {
            click: () => append({ placing: this.autoPlace, factory: this.elementFactory, modeling: this.modeling }, element, type),
            dragstart: (event) => this.create.start(event, made(this.elementFactory, type), { source: element }),
          },
        };
      }
      const start = (event) => this.connect.start(event, element);
      entries.connect = { group: "connect", className: "bpmn-icon-connection-multi", title: "Nối tới bước khác", action: { click: start, dragstart: start } };
    }
    if (!isTheStart(element)) {
      entries.delete = { group: "edit", className: "bpmn-icon-trash", title: "Bỏ", action: { click: () => this.modeling.removeElements([element]) } };
    }
    return entries;
  }

  getMultiElementContextPadEntries(elements) {
    const gone = elements.filter((element) => !isTheStart(element));
    return { delete: { group: "edit", className: "bpmn-icon-trash", title: "Bỏ các phần đã chọn", action: { click: () => this.modeling.removeElements(gone) } } };
  }
}
OurContextPad.$inject = ["contextPad", "connect", "create", "elementFactory", "autoPlace", "modeling"];

function isTheStart(element) {
  return is(element, "bpmn:StartEvent") && !is(element.parent, SUB);
}

// A sub-process comes with its own beginning.
function made(factory, type) {
  if (type !== SUB) return factory.createShape({ type });
  const frame = factory.createShape({ type, isExpanded: true, x: 0, y: 0, width: 420, height: 180 });
  return [frame, factory.createShape({ type: "bpmn:StartEvent", x: 40, y: 72, parent: frame })];
}

export function append({ placing, factory, modeling }, from, type) {
  if (type !== SUB) return placing.append(from, factory.createShape({ type }));
  const frame = placing.append(from, factory.createShape({ type, isExpanded: true, width: 420, height: 180 }));
  modeling.createShape(factory.createShape({ type: "bpmn:StartEvent" }), { x: frame.x + 58, y: frame.y + 90 }, frame);
  return frame;
}

// The one start stays.
function keepStart(eventBus) {
  eventBus.on("commandStack.elements.delete.canExecute", 2000, ({ context }) => context.elements.filter((element) => !isTheStart(element)));
}
keepStart.$inject = ["eventBus"];

class Drawing extends Modeler {}
Drawing.prototype._modelingModules = [
  AutoPlace, AutoScroll, Bendpoints, Connect, ConnectionPreview, ContextPad, Create, BpmnEditorActions, GlobalConnect,
  BpmnGridSnapping, InteractionEvents, BpmnKeyboard, KeyboardMoveSelection, LabelEditing, Modeling, ModelingFeedback, Move,
  Outline, Palette, Snapping,
];
Drawing.prototype._modules = [].concat(Modeler.Viewer.prototype._modules, Modeler.prototype._interactionModules, Drawing.prototype._modelingModules);

export function drawing(container) {
  return new Drawing({
    container,
    moddleExtensions: { motcua: WORDS },
    bpmnRenderer: { defaultFillColor: "var(--surface)", defaultStrokeColor: "var(--ink)", defaultLabelColor: "var(--ink)" },
    textRenderer: { defaultStyle: { fontFamily: "Be Vietnam Pro, sans-serif", fontSize: "13px" }, externalStyle: { fontSize: "12px" } },
    additionalModules: [
      {
        __init__: ["ourPalette", "ourContextPad", "keepStart"],
        elementFactory: ["type", Sizes],
        ourPalette: ["type", OurPalette],
        ourContextPad: ["type", OurContextPad],
        keepStart: ["type", keepStart],
      },
    ],
  });
}
