// The bench where blocks are put together: Blockly with our blocks, and what a tap does that a drag can do.
import * as Blockly from "blockly/core";
import { down, up } from "./robot_arrange.js";
import { defineBlocks, isOffered, LACK, offer, theme, toolbox } from "./robot_blocks.js";
import { programOf, stateOf, typeOf } from "./robot_program.js";
import { withSheets } from "./robot_sheet.js";

const SIZES = {
  MIN_BLOCK_HEIGHT: 60,
  FIELD_TEXT_FONTSIZE: 13,
  FIELD_BORDER_RECT_Y_PADDING: 11,
  FIELD_BORDER_RECT_X_PADDING: 12,
  FIELD_DROPDOWN_SVG_ARROW: false,
  EMPTY_STATEMENT_INPUT_HEIGHT: 44,
  START_HAT_HEIGHT: 22,
};
const NARROW = "(max-width: 620px)";

export async function makeBench(place, said, media, lacks) {
  const language = document.documentElement.lang;
  const [english, own] = await Promise.all([
    import("blockly/msg/en"),
    language === "fr" ? import("blockly/msg/fr") : undefined,
  ]);
  Blockly.setLocale({ ...english, ...own, ...blocklyWords(said) });
  offer(lacks);
  defineBlocks(said);
  return new Bench(place, said, media);
}

// What Blockly's own French lacks: the page's words whose names are Blockly's.
function blocklyWords(said) {
  return Object.fromEntries(said.names().filter((name) => /^[A-Z_]+$/.test(name)).map((name) => [name, said(name)]));
}

Blockly.Scrollbar.scrollbarThickness = 12;

class Bench {
  constructor(place, said, media) {
    this.said = said;
    this.workspace = withSheets(() => Blockly.inject(place, this.options(said, media)));
    this.workspace.addChangeListener(Blockly.Events.disableOrphans);
    this.workspace.addChangeListener((event) => this.hear(event));
    this.onChange = () => {};
    this.onSelect = () => {};
  }

  options(said, media) {
    const narrow = matchMedia(NARROW).matches;
    return {
      media,
      sounds: false,
      toolbox: toolbox(said),
      horizontalLayout: narrow,
      toolboxPosition: "start",
      renderer: "zelos",
      rendererOverrides: SIZES,
      theme: theme(),
      collapse: false,
      comments: false,
      disable: false,
      trashcan: false,
      modalInputs: false,
      move: { scrollbars: true, drag: true, wheel: true },
      zoom: { controls: false, wheel: false, pinch: true, startScale: 1, maxScale: 1.6, minScale: 0.6 },
    };
  }

  get start() {
    return this.workspace.getBlocksByType(typeOf("start"))[0];
  }

  hear(event) {
    if (event.type === Blockly.Events.SELECTED) this.select(event.newElementId);
    if (event.type === Blockly.Events.BLOCK_DRAG && !event.isStart) this.keep(event.blockId);
    if (event.isUiEvent) return;
    if (event.type === Blockly.Events.BLOCK_CREATE) this.created(event);
    this.onChange();
  }

  select(id) {
    const block = id && this.workspace.getBlockById(id);
    if (block && this.follows(block)) this.chosen = id;
    // A press on a button takes the focus, and with it Blockly's selection: the block stays the one that is meant.
    if (!block && document.activeElement?.closest("[data-act], [data-speak]")) return;
    this.meant = block?.id;
    this.onSelect(block ?? undefined);
  }

  // What was dragged to its place is where the next tapped block goes. A block that was moved by keys goes to another
  // layer, and the browser forgets that it had the focus.
  keep(id) {
    setTimeout(() => {
      const block = this.workspace.getBlockById(id);
      if (block && this.follows(block)) this.chosen = id;
      if (block && document.activeElement === document.body) Blockly.getFocusManager().focusNode(block);
    });
  }

  // Whether the robot will do it: it hangs below the start or a button.
  follows(block) {
    return !block.getRootBlock().previousConnection;
  }

  created(event) {
    this.mark();
    this.tapped(event);
  }

  // What the robots do not have is grey in the list and on the bench.
  offer(lacks) {
    offer(lacks);
    this.workspace.updateToolbox(toolbox(this.said));
    this.mark();
  }

  mark() {
    this.silently(() => {
      for (const block of this.workspace.getAllBlocks()) block.setDisabledReason(!isOffered(block.type), LACK);
    });
  }

  // Nothing that a child has done: neither undone nor kept.
  silently(act) {
    Blockly.Events.disable();
    try {
      act();
    } finally {
      Blockly.Events.enable();
    }
  }

  // What is read aloud: the blocks of the open family, else the chosen one, else all of them.
  spoken() {
    const flyout = this.workspace.getFlyout();
    const listed = flyout?.isVisible() ? flyout.getWorkspace().getTopBlocks(true) : [];
    const all = this.block ? [this.block] : this.workspace.getAllBlocks(true);
    return (listed.length ? listed : all).map(({ inputList }) => inputList[0].fieldRow.map((field) => field.getText()).join(" "));
  }

  // A block that was tapped in the toolbox hangs itself where the last one was: a drag is not needed.
  tapped({ blockId, group }) {
    setTimeout(async () => {
      const block = this.workspace.getBlockById(blockId);
      if (!block || this.workspace.isDragging() || Blockly.KeyboardMover.mover.isMoving()) return;
      if (block.getParent() || !block.previousConnection || !this.start) return;
      const last = this.chosen && this.workspace.getBlockById(this.chosen);
      this.grouped(group, () => this.place(last && this.follows(last) ? last : this.start.lastConnectionInStack(true)?.getSourceBlock()).connect(block.previousConnection));
      Blockly.common.setSelected(block);
      await Blockly.renderManagement.finishQueuedRenders();
      this.workspace.scrollBoundsIntoView(block.getBoundingRectangleWithoutChildren(), 24);
    });
  }

  // Inside a block that holds others and is empty, else after it.
  place(block) {
    const empty = block.inputList.find((input) => input.connection && !input.connection.targetBlock());
    return empty ? empty.connection : block.nextConnection;
  }

  grouped(group, act) {
    const before = Blockly.Events.getGroup();
    Blockly.Events.setGroup(group ?? true);
    try {
      return act();
    } finally {
      Blockly.Events.setGroup(before);
    }
  }

  read() {
    const buttons = this.workspace.getTopBlocks(true).filter(({ type }) => type === typeOf("when"));
    const { program, blocks } = programOf(this.start, buttons);
    this.blocks = blocks;
    return program;
  }

  show(program) {
    this.load(stateOf(program));
  }

  save() {
    return Blockly.serialization.workspaces.save(this.workspace);
  }

  load(state) {
    this.chosen = undefined;
    this.grouped(undefined, () => Blockly.serialization.workspaces.load(state, this.workspace, { recordUndo: true }));
    this.mark();
    this.workspace.scroll(0, 0);
    this.onChange();
  }

  // What the buttons do with the chosen block.
  get block() {
    const block = Blockly.common.getSelected() ?? this.workspace.getBlockById(this.meant ?? "");
    return block?.isMovable?.() ? block : undefined;
  }

  shift(by) {
    const { block } = this;
    if (!block) return;
    this.grouped(undefined, () => (by < 0 ? up(block) : down(block)));
    this.onSelect(block);
  }

  copy() {
    const { block } = this;
    if (!block) return;
    const { next, ...alone } = Blockly.serialization.blocks.save(block);
    this.grouped(undefined, () => {
      const made = Blockly.serialization.blocks.append(alone, this.workspace, { recordUndo: true });
      block.nextConnection.connect(made.previousConnection);
    });
  }

  remove() {
    const { block } = this;
    if (!block) return;
    const above = block.getParent();
    this.grouped(undefined, () => block.dispose(true));
    Blockly.common.setSelected(above);
    this.onSelect(above ?? undefined);
  }

  undo(again) {
    Blockly.hideChaff();
    this.workspace.undo(again);
  }

  light(step) {
    this.workspace.highlightBlock(step ? (this.blocks?.get(step) ?? null) : null);
  }

  resize() {
    Blockly.svgResize(this.workspace);
  }
}
