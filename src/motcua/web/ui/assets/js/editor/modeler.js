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
export const END = "bpmn:EndEvent";

const SIGNS = [
  [STEP, "Bước", "bpmn-icon-user-task"],
  [CHOICE, "Rẽ nhánh theo kết quả", "bpmn-icon-gateway-xor"],
  [TOGETHER, "Rẽ song song, gộp song song", "bpmn-icon-gateway-parallel"],
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
      properties: ["kind", "role", "minutes", "product", "outcomes"].map((name) => ({ name, isAttr: true, type: "String" })),
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
  constructor(palette, create, elementFactory, globalConnect, allowed) {
    Object.assign(this, { create, elementFactory, globalConnect, allowed });
    palette.registerProvider(this);
  }

  getPaletteEntries() {
    const entries = {};
    for (const [type, title, className] of SIGNS.filter(([type]) => this.allowed.includes(type))) {
      const begin = (event) => this.create.start(event, this.elementFactory.createShape({ type }));
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
OurPalette.$inject = ["palette", "create", "elementFactory", "globalConnect", "config.allowed"];

class OurContextPad {
  constructor(contextPad, connect, create, elementFactory, autoPlace, modeling, rules, allowed) {
    Object.assign(this, { connect, create, elementFactory, autoPlace, modeling, rules, allowed });
    contextPad.registerProvider(this);
  }

  getContextPadEntries(element) {
    const entries = {};
    if (is(element, "bpmn:FlowNode") && !is(element, END) && element.type !== "label") {
      for (const [type, title, className] of SIGNS.filter(([type]) => this.allowed.includes(type))) {
        entries[`append.${type}`] = {
          group: "model",
          className,
          title: `Thêm sau: ${title.toLowerCase()}`,
          action: {
            click: () => this.autoPlace.append(element, this.elementFactory.createShape({ type })),
            dragstart: (event) => this.create.start(event, this.elementFactory.createShape({ type }), { source: element }),
          },
        };
      }
      const start = (event) => this.connect.start(event, element);
      entries.connect = { group: "connect", className: "bpmn-icon-connection-multi", title: "Nối tới bước khác", action: { click: start, dragstart: start } };
    }
    if (!is(element, "bpmn:StartEvent")) {
      entries.delete = { group: "edit", className: "bpmn-icon-trash", title: "Bỏ", action: { click: () => this.modeling.removeElements([element]) } };
    }
    return entries;
  }

  getMultiElementContextPadEntries(elements) {
    const gone = elements.filter((element) => !is(element, "bpmn:StartEvent"));
    return { delete: { group: "edit", className: "bpmn-icon-trash", title: "Bỏ các phần đã chọn", action: { click: () => this.modeling.removeElements(gone) } } };
  }
}
OurContextPad.$inject = ["contextPad", "connect", "create", "elementFactory", "autoPlace", "modeling", "rules", "config.allowed"];

// The one start stays.
function keepStart(eventBus) {
  eventBus.on("commandStack.elements.delete.canExecute", 2000, ({ context }) => context.elements.filter((element) => !is(element, "bpmn:StartEvent")));
}
keepStart.$inject = ["eventBus"];

class Drawing extends Modeler {}
Drawing.prototype._modelingModules = [
  AutoPlace, AutoScroll, Bendpoints, Connect, ConnectionPreview, ContextPad, Create, BpmnEditorActions, GlobalConnect,
  BpmnGridSnapping, InteractionEvents, BpmnKeyboard, KeyboardMoveSelection, LabelEditing, Modeling, ModelingFeedback, Move,
  Outline, Palette, Snapping,
];
Drawing.prototype._modules = [].concat(Modeler.Viewer.prototype._modules, Modeler.prototype._interactionModules, Drawing.prototype._modelingModules);

export function drawing(container, { hasParallel }) {
  const allowed = SIGNS.map(([type]) => type).filter((type) => hasParallel || type !== TOGETHER);
  return new Drawing({
    container,
    allowed,
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
