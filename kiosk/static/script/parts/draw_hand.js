// A finger, a mouse or the keys on the sheet: arrows move a pen, the space bar sets it down and lifts it.
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ACROSS = 40; // steps from one side of the sheet to the other
const FINE = 4;

export class Hand {
  constructor(desk) {
    this.desk = desk;
    this.at = [desk.sheet.width / 2, desk.sheet.height / 2];
    this.down = false;
    const { svg } = desk.view;
    // Else a quick stroke is a fling for the browser, which then swallows the next tap on a button.
    svg.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.press(event));
    svg.addEventListener("pointermove", (event) => this.drag(event));
    for (const kind of ["pointerup", "pointercancel"]) svg.addEventListener(kind, (event) => this.lift(event));
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("blur", () => {
      this.stop();
      this.touched(false);
    });
  }

  press(event) {
    if (this.finger !== undefined || event.button > 0) return; // one finger draws, a palm does not
    event.preventDefault();
    if (this.down) this.stop();
    this.finger = event.pointerId;
    this.touched(true);
    this.desk.view.svg.setPointerCapture(event.pointerId);
    this.desk.view.svg.focus({ preventScroll: true });
    this.desk.tool.press(this.desk.inside(this.desk.view.place(event)));
  }

  drag(event) {
    if (event.pointerId !== this.finger) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      this.desk.tool.move(this.desk.inside(this.desk.view.place(each)));
    }
  }

  lift(event) {
    if (event.pointerId !== this.finger) return;
    this.finger = undefined;
    this.desk.tool.release();
  }

  // The ring round the sheet is for those who come with the keys.
  touched(now) {
    this.desk.view.svg.toggleAttribute("data-touched", now);
  }

  key(event) {
    this.touched(false);
    const step = STEPS[event.key];
    if (step) this.walk(step, event.shiftKey);
    else if (event.key === " " || event.key === "Enter") this.act();
    else if (event.key === "Escape") this.stop();
    else return;
    event.preventDefault();
  }

  walk([dx, dy], fine) {
    const step = this.desk.sheet.width / ACROSS / (fine ? FINE : 1);
    this.at = this.desk.inside([this.at[0] + dx * step, this.at[1] + dy * step]);
    if (this.down) this.desk.tool.move(this.at, true);
    this.desk.view.movePen(this.at, true, this.down);
  }

  act() {
    const { tool } = this.desk;
    if (!this.desk.holds) {
      tool.press(this.at);
      tool.release();
    } else if (this.down) return this.stop();
    else tool.press(this.at);
    this.down = this.desk.holds;
    this.desk.say(this.down ? "down" : "done");
    this.desk.view.movePen(this.at, true, this.down);
  }

  stop() {
    if (this.down) {
      this.down = false;
      this.desk.tool.release();
      this.desk.say("up");
    }
    this.desk.tool.end?.();
    this.desk.view.movePen(this.at, this.desk.view.svg.matches(":focus-visible"), false);
  }
}
